import type { AuditWindow } from './audit-window.ts';

/** The newest version of a record in the lake. */
export interface LakeRecord {
  /** The id as text: `7` for 7, "7" and 7.0. */
  readonly id: string;
  /** Its cursor time, milliseconds. */
  readonly at: number;
  /** Number of the batch that committed it. */
  readonly batch: number;
}

/** The lake's side of a comparison: every record of a tail whose newest version can be in an audited window. */
export class LakeIndex {
  readonly #byId = new Map<string, LakeRecord>();
  readonly #inOrder: readonly LakeRecord[];

  /** @param records of records that come more than once, the newest counts */
  constructor(records: Iterable<LakeRecord>) {
    for (const record of records) {
      const known = this.#byId.get(record.id);
      if (known === undefined || known.at < record.at) this.#byId.set(record.id, record);
    }
    this.#inOrder = [...this.#byId.values()].sort((a, b) => a.at - b.at);
  }

  count({ from, until }: AuditWindow): number {
    return Math.max(0, this.#firstFrom(until + 1) - this.#firstFrom(from));
  }

  list({ from, until }: AuditWindow): readonly LakeRecord[] {
    return this.#inOrder.slice(this.#firstFrom(from), this.#firstFrom(until + 1));
  }

  find(id: string): LakeRecord | undefined {
    return this.#byId.get(id);
  }

  /** Place of the first record from a time on. */
  #firstFrom(time: number): number {
    let low = 0;
    let high = this.#inOrder.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#inOrder[middle]?.at ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
