import type { TimeRange } from '../../lambdas/common/time-range.ts';
import { sliceTimeRange } from '../../lambdas/runs/backfill-slices.ts';
import { formatTable } from '../terminal/text-table.ts';

/** How far a backfill has come, in a folder or in a deployment; its fields are those that `--json` prints. */
export interface BackfillProgress extends TimeRange {
  readonly tenant: string;
  readonly endpoint: string;
  readonly sliceHours: number;
  /** `open`: in a folder, at work or interrupted. */
  readonly state: 'running' | 'done' | 'failed' | 'stopped' | 'open';
  /** How many there are; 0 before they are planned. */
  readonly slices: number;
  /** Starts of the slices that are done. */
  readonly done: readonly string[];
  readonly running: number;
  readonly failed: number;
  readonly records: number;
  /** Everything before it is read (UTC). */
  readonly upTo: string;
  /** Where live runs begin to read (UTC), if that is before the end: the rest is theirs. */
  readonly leftToLiveFrom: string | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** The slices of a backfill; none before they are planned. */
type Sliced = Pick<BackfillProgress, 'from' | 'to' | 'sliceHours' | 'slices' | 'done' | 'leftToLiveFrom'>;

/**
 * Time (UTC) before which everything is read.
 * @param reachedIn how far a slice that is not done has come. @default - not at all
 */
export function findReached(
  { from, to, sliceHours, slices, done, leftToLiveFrom }: Sliced,
  reachedIn: (slice: TimeRange) => string | undefined = () => undefined,
): string {
  if (slices === 0) return from;
  const ends = new Set(done);
  const open = sliceTimeRange({ from, to }, sliceHours).find((slice) => !ends.has(slice.from));
  const read = open === undefined ? to : (reachedIn(open) ?? open.from);
  return leftToLiveFrom !== null && leftToLiveFrom < read ? leftToLiveFrom : read;
}

const COLUMNS = [
  'tenant',
  'endpoint',
  'from',
  'to',
  'state',
  'slices done',
  'running',
  'failed',
  'records',
  'read up to',
  'live from',
];

/** A line for each backfill, and below them why some failed. */
export function formatProgress(all: readonly BackfillProgress[]): string {
  const rows = all.map((each) => [
    each.tenant,
    each.endpoint,
    each.from,
    each.to,
    each.state,
    `${each.done.length} of ${each.slices}`,
    each.running,
    each.failed,
    each.records,
    each.upTo,
    each.leftToLiveFrom ?? '',
  ]);
  const errors = all.flatMap(({ tenant, endpoint, from, error }) =>
    error === null ? [] : [`${tenant} ${endpoint} from ${from}: ${error}\n`],
  );
  return formatTable(COLUMNS, rows) + errors.join('');
}
