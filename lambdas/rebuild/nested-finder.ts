import * as z from 'zod/mini';
import { restoreNestedPosition } from '../sources/nested/nested.ts';
import type { BatchContent } from './batch-content.ts';

const parentSchema = z.object({
  /** Batches of the parent up to this one were read completely. */
  read: z.int(),
  /** Last batch of the parent of which records are there. */
  last: z.int(),
});

export const nestedStateSchema = z.object({
  kind: z.literal('nested'),
  parents: z.record(z.string(), parentSchema),
  cursor: z.nullable(z.string()),
});

/**
 * Finds up to which batch of each parent the records inside it were read. They are read in the order of the parent's ledger. A batch
 * with records of later parents proves that those before its own were read.
 *
 *     batch 4     inside parent batches 10 11 12
 *     batch 5                                    13 14     read: 12. Whether batch 5 is complete is not known
 */
export class NestedFinder {
  readonly #parents: Map<string, z.infer<typeof parentSchema>>;
  #cursor: string | null;

  constructor({ parents, cursor }: Omit<z.infer<typeof nestedStateSchema>, 'kind'>) {
    this.#parents = new Map(Object.entries(parents));
    this.#cursor = cursor;
  }

  add({ attempts }: Pick<BatchContent, 'attempts'>): void {
    const ranges = new Map<string, { first: number; last: number; complete: number }>();
    for (const { records, isComplete } of attempts)
      for (const { record, batch, extractedAt } of records) {
        const parent = String(record._parent_type);
        const number = Number(batch);
        const known = ranges.get(parent) ?? { first: number, last: number, complete: 0 };
        const { first, last, complete } = known;
        ranges.set(parent, {
          first: Math.min(first, number),
          last: Math.max(last, number),
          complete: isComplete ? Math.max(complete, number) : complete,
        });
        if (this.#cursor === null || extractedAt > this.#cursor) this.#cursor = extractedAt;
      }
    for (const [parent, { first, last, complete }] of ranges) {
      const known = this.#parents.get(parent) ?? { read: 0, last: 0 };
      this.#parents.set(parent, {
        read: last > known.last ? Math.max(known.read, Math.min(known.last, first - 1)) : known.read,
        last: Math.max(known.last, complete),
      });
    }
  }

  store(): z.infer<typeof nestedStateSchema> {
    return { kind: 'nested', parents: Object.fromEntries(this.#parents), cursor: this.#cursor };
  }

  position() {
    const parents = Object.fromEntries([...this.#parents].map(([parent, { read }]) => [parent, read]));
    return { position: restoreNestedPosition(parents, this.#cursor), cursor: this.#cursor };
  }
}
