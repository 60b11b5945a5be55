import type { MetricsItem } from './metrics-item.ts';
import { isNewer } from './metrics-table.ts';

/** Items of calls, only that of the newest version of each call. */
export class NewestItems {
  readonly #items = new Map<string, MetricsItem>();

  add(item: MetricsItem): void {
    const known = this.#items.get(item.call_key);
    if (known === undefined || isNewer(item, known)) this.#items.set(item.call_key, item);
  }

  /** The items in the order of the first version of their calls. */
  list(): MetricsItem[] {
    return [...this.#items.values()];
  }
}
