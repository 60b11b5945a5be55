import type { Endpoint } from '../../catalog/index.ts';
import { type Drift, formatSchema, InferredSchema, outlineSchema, parseSchema } from './inferred-schema.ts';
import type { SchemaStore } from './schema-store.ts';

/** Of so many batches one is remembered that changed nothing but counts: a sample of them tells as well what is always there. */
const COUNTED_BATCHES = 10;

/**
 * Notices when an endpoint's records change their shape. A change is journalled before it is remembered: a crash between
 * the two journals it twice, never not at all, and the view shows its first time.
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

  /** What is new in these records. */
  async look(taken: readonly { readonly record: unknown; readonly marker?: boolean }[]): Promise<Drift[]> {
    const shape = await this.#load();
    return shape.learn(taken.filter(({ marker }) => !marker).map(({ record }) => record));
  }

  /** Remembers what was journalled with a batch. @param seq number of the batch */
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
