import type { Lake } from '../lake/lake.ts';
import { type QuarantineEntry, readEntry, readRequeued } from '../lake/quarantine-lines.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** An entry of the quarantine that has not been requeued yet. */
export interface OpenEntry extends QuarantineEntry {
  /** Partition in the quarantine. */
  readonly dt: string;
}

/** The open entries of an endpoint's quarantine, oldest first; only what is committed counts. */
export class OpenEntries {
  /** Objects that are no longer in the bucket: their retention time is over. */
  gone = 0;
  readonly #ledger: Ledger;
  readonly #lake: Lake;
  readonly #endpoint: string;

  constructor(ledger: Ledger, lake: Lake, endpoint: string) {
    this.#ledger = ledger;
    this.#lake = lake;
    this.#endpoint = endpoint;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OpenEntry> {
    // reads the quarantine twice: the requeued entries are known only at the end, and the records need not fit into memory
    const closed = new Set<string>();
    for await (const { line } of this.#lines()) {
      const entry = readRequeued(line);
      if (entry !== undefined) closed.add(entry);
    }
    this.gone = 0;
    for await (const { line, dt } of this.#lines()) {
      const entry = readEntry(line);
      if (entry === undefined || closed.has(entry.entry)) continue;
      // an entry can appear twice: in a batch whose objects were written again after a crash
      closed.add(entry.entry);
      yield { ...entry, dt };
    }
  }

  async *#lines(): AsyncGenerator<{ readonly line: string; readonly dt: string }> {
    for await (const { objects } of this.#ledger.entriesAfter(this.#endpoint, 0))
      for (const { zone, key, dt } of objects) {
        if (zone !== 'quarantine') continue;
        for (const line of await this.#read(key)) yield { line, dt };
      }
  }

  async #read(key: string): Promise<string[]> {
    try {
      return await this.#lake.get(key);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NoSuchKey')) throw error;
      this.gone += 1;
      return [];
    }
  }
}
