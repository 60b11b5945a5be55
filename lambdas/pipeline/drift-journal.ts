import type { Endpoint } from '../catalog/index.ts';
import type { Taken } from '../sources/source.ts';
import type { ShapeStore } from '../stores/shape-store.ts';
import { type Drift, Shape, shapeSchema } from './shape.ts';

/**
 * Notices when an endpoint's records change their shape. A change is journalled before it is remembered: a crash between
 * the two journals it twice, never not at all, and the view shows its first time.
 */
export class DriftJournal {
  readonly #store: ShapeStore;
  readonly #enums: readonly string[];
  #shape: Shape | undefined;
  #saved = '';

  constructor(store: ShapeStore, endpoint: Endpoint) {
    this.#store = store;
    this.#enums = endpoint.enums;
  }

  /** What is new in these records. */
  async look(taken: readonly Taken[]): Promise<Drift[]> {
    const shape = await this.#load();
    return shape.learn(taken.filter(({ marker }) => !marker).map(({ record }) => record));
  }

  /** Remembers what was journalled. */
  async remember(): Promise<void> {
    const text = JSON.stringify(this.#shape?.store() ?? {});
    if (text === this.#saved) return;
    await this.#store.save(text);
    this.#saved = text;
  }

  async #load(): Promise<Shape> {
    if (this.#shape !== undefined) return this.#shape;
    this.#saved = (await this.#store.load()) ?? '{}';
    this.#shape = new Shape(shapeSchema.parse(JSON.parse(this.#saved)), this.#enums);
    return this.#shape;
  }
}
