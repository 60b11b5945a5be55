import * as z from 'zod/mini';
import { type UnreadableRecord, UnreadableRecords, unreadableListSchema } from '../../ledger/unreadable-records.ts';
import { checkPosition } from '../position-format.ts';

/** Format of the position. */
const FORMAT = 1;

const snapshotPositionSchema = z.object({
  formatVersion: z.int(),
  takenAt: z.string(),
  digest: z.string(),
  /** Records that the platform could not deliver. @default - none */
  unreadable: z.optional(unreadableListSchema),
});

/** Where the runs of a snapshot continue. */
export type SnapshotPosition = z.infer<typeof snapshotPositionSchema>;

/** @throws ConfigurationError if a newer release wrote it */
export function parseSnapshotPosition(position: unknown, endpoint: string): SnapshotPosition {
  checkPosition(position, FORMAT, endpoint);
  return snapshotPositionSchema.parse(position);
}

/**
 * @param takenAt when the snapshot was read (UTC)
 * @param digest of its records
 */
export function createSnapshotPosition(
  takenAt: string,
  digest: string,
  unreadable: UnreadableRecords,
): SnapshotPosition {
  return {
    formatVersion: FORMAT,
    takenAt,
    digest,
    ...(unreadable.size > 0 && { unreadable: unreadable.serialise() }),
  };
}

/** The position that a rebuild derived from the lake. Without a digest, the next snapshot is written even if it is the same. */
export function restoreSnapshotPosition(takenAt: string, open: readonly UnreadableRecord[]): SnapshotPosition {
  const unreadable = new UnreadableRecords();
  unreadable.addAll(open);
  return createSnapshotPosition(takenAt, '', unreadable);
}
