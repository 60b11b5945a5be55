import type { Endpoint } from '../../catalog/index.ts';
import { type Drift, formatSchema, InferredSchema, outlineSchema, parseSchema } from './inferred-schema.ts';
import type { SchemaStore } from './schema-store.ts';

/** Of this number of batches that only changed counts, one is stored. A sample is enough to learn which keys are always present. */
const COUNTED_BATCHES = 10;

/**
 * Detects changes in the schema of an endpoint's records. A change is journalled before it is stored. If a crash happens in
 * between, the change is journalled twice but never lost, and the view shows its first time.
 */
export class DriftJournal {
  readonly #store: SchemaStore;
  readonly #enums: readonly string[];
  #shape: InferredSchema | undefined;
  #saved = '';
  #outline = '';

  constructor(store: SchemaStore, endpoint: Endpoint) {
    this.#store = store;
    this.#enums = endpoint.enums;
  }

  /** Finds what is new in these records. */
  async look(taken: readonly { readonly record: unknown; readonly marker?: boolean }[]): Promise<Drift[]> {
    const shape = await this.#load();
    return shape.learn(taken.filter(({ marker }) => !marker).map(({ record }) => record));
  }

  /** Stores what was journalled with a batch. @param seq number of the batch */
  async remember(seq: number): Promise<void> {
    const stored = this.#shape?.store() ?? new Map();
    const text = formatSchema(stored);
    const outline = outlineSchema(stored);
    if (text === this.#saved || (outline === this.#outline && seq % COUNTED_BATCHES !== 0)) return;
    await this.#store.save(text);
    this.#saved = text;
    this.#outline = outline;
  }

  async #load(): Promise<InferredSchema> {
    if (this.#shape !== undefined) return this.#shape;
    this.#saved = (await this.#store.load()) ?? '{}';
    const stored = parseSchema(this.#saved);
    this.#outline = outlineSchema(stored);
    this.#shape = new InferredSchema(stored, this.#enums);
    return this.#shape;
  }
}
