import * as z from 'zod/mini';
import type { Endpoint } from '../../catalog/index.ts';
import { type UnreadableRecord, unreadableListSchema } from '../ledger/unreadable-records.ts';
import { restoreSnapshotPosition } from '../sources/snapshot/snapshot-position.ts';
import type { BatchContent } from './batch-content.ts';
import { NestedFinder, nestedStateSchema } from './nested-finder.ts';
import { noteUnreadable } from './open-failures.ts';
import { TailFinder, tailStateSchema } from './tail-finder.ts';

const snapshotStateSchema = z.object({ kind: z.literal('snapshot'), takenAt: z.string() });

/** Maximum number of unreadable records that are remembered. Their list must fit into an item of 400 kB. The oldest are dropped first. */
const MAX_UNREADABLE = 200;

export const finderStateSchema = z.object({
  source: z.discriminatedUnion('kind', [tailStateSchema, nestedStateSchema, snapshotStateSchema]),
  unreadable: unreadableListSchema,
});
type FinderState = z.infer<typeof finderStateSchema>;

/** Part of a finder that depends on how records are read. */
interface SourceFinder {
  add(batch: BatchContent): void;
  store(): FinderState['source'];
  position(unreadable: readonly UnreadableRecord[]): { readonly position: unknown; readonly cursor: string | null };
}

/** Derives the position of live runs from the batches in the lake, in their order. It never claims more than what was certainly read. */
export class PositionFinder {
  readonly #source: SourceFinder;
  readonly #unreadable: Map<string, UnreadableRecord>;

  private constructor(source: SourceFinder, unreadable: readonly UnreadableRecord[]) {
    this.#source = source;
    this.#unreadable = new Map(unreadable.map((each) => [each.entry, each]));
  }

  /** @param state what {@link store} returned. @default - before the first batch */
  static create({ source }: Endpoint, state?: FinderState): PositionFinder {
    const { source: known, unreadable = [] } = state ?? {};
    switch (source.kind) {
      case 'tail': {
        const before = known?.kind === 'tail' ? known : { cursor: null, next: null, open: '' };
        return new PositionFinder(new TailFinder(source, before), unreadable);
      }
      case 'nested': {
        const before = known?.kind === 'nested' ? known : { parents: {}, cursor: null };
        return new PositionFinder(new NestedFinder(before), unreadable);
      }
      case 'snapshot':
        return new PositionFinder(new SnapshotFinder(known?.kind === 'snapshot' ? known.takenAt : ''), unreadable);
    }
  }

  add(batch: BatchContent): void {
    this.#source.add(batch);
    noteUnreadable(this.#unreadable, batch.quarantine);
    for (const entry of this.#unreadable.keys()) {
      if (this.#unreadable.size <= MAX_UNREADABLE) break;
      this.#unreadable.delete(entry);
    }
  }

  store(): FinderState {
    return { source: this.#source.store(), unreadable: [...this.#unreadable.values()] };
  }

  /** Where live runs continue, as JSON text, and its time. */
  position(): { readonly position: string; readonly cursor: string | null } {
    const { position, cursor } = this.#source.position([...this.#unreadable.values()]);
    return { position: JSON.stringify(position), cursor };
  }
}

class SnapshotFinder implements SourceFinder {
  #takenAt: string;

  constructor(takenAt: string) {
    this.#takenAt = takenAt;
  }

  add({ attempts }: BatchContent): void {
    for (const { records } of attempts)
      for (const { extractedAt } of records) if (extractedAt > this.#takenAt) this.#takenAt = extractedAt;
  }

  store() {
    return { kind: 'snapshot' as const, takenAt: this.#takenAt };
  }

  position(unreadable: readonly UnreadableRecord[]) {
    return { position: restoreSnapshotPosition(this.#takenAt, unreadable), cursor: this.#takenAt || null };
  }
}
