import { parseRecordId } from '../../catalog/record-id.ts';
import { isoTime, parseEventTime } from '../../catalog/timestamp.ts';
import { ConfigurationError, ContractError, UnreadableError } from '../common/errors.ts';
import { isObject, type ParsedJson } from '../common/json.ts';
import { createPageParameters } from '../platform/client.ts';
import { PAGE_SIZE, type Page } from '../platform/page.ts';
import { FEW_ATTEMPTS } from '../sources/narrow-page.ts';
import type { TailOptions } from '../sources/tail/tail-options.ts';
import { walkTail } from '../sources/tail/walk-tail.ts';
import type { AuditWindow } from './audit-window.ts';
import type { RequestBudget } from './request-budget.ts';

/** A record as the platform shows it in a window. */
export interface PlatformRecord {
  readonly id: string;
  /** Its cursor time, milliseconds; null if it does not fit its schema. */
  readonly at: number | null;
}

/** What the platform shows in a window. */
export interface PlatformList {
  readonly records: readonly PlatformRecord[];
  /** Number of records that the platform cannot deliver, and of records without an id. */
  readonly nameless: number;
}

/** The platform's side of a comparison. */
export interface PlatformWindows {
  /** Number of records in a window. Undefined if the platform gives no number that can be relied on. */
  count(window: AuditWindow): Promise<number | undefined>;
  /** The records in a window. */
  list(window: AuditWindow): Promise<PlatformList>;
}

/**
 * The windows of a tail at the platform. `Total` is a hint like everywhere. It counts if the last page that it promises has exactly the
 * records that it promises, all of them inside the window:
 *
 *     per=1 page=1   -> Total: 1,234
 *     per=100 page=13 -> 34 records: Total is right
 */
export class TailWindows implements PlatformWindows {
  readonly #options: TailOptions;
  readonly #budget: RequestBudget;

  constructor(options: TailOptions, budget: RequestBudget) {
    this.#options = { ...options, keepAlive: async () => budget.take() };
    this.#budget = budget;
  }

  async count(window: AuditWindow): Promise<number | undefined> {
    try {
      const { total, rows } = await this.#page(window, 1, 1);
      if (total === null || rows.length > 1 || total === 0 || rows.length === 0)
        return total === 0 && rows.length === 0 ? 0 : undefined;
      return (await this.#isRight(window, total)) ? total : undefined;
    } catch (error) {
      // a page too deep, or one with a record that the platform cannot deliver: the records are listed
      if (error instanceof UnreadableError || error instanceof ContractError || isRefused(error)) return undefined;
      throw error;
    }
  }

  async list(window: AuditWindow): Promise<PlatformList> {
    const records = new Map<string, PlatformRecord>();
    const nameless = new Set<string>();
    for await (const { rows, unreadable } of walkTail(this.#options, window)) {
      for (const row of rows) {
        const at = this.#timeOf(row);
        if (at !== null && (at < window.from || at > window.until)) continue;
        const id = isObject(row.value) ? parseRecordId(row.value.id) : null;
        if (id === null) nameless.add(row.json);
        else records.set(String(id), { id: String(id), at });
      }
      for (const { from, until, place } of unreadable) nameless.add(`${from} ${until} ${place}`);
    }
    return { records: [...records.values()], nameless: nameless.size };
  }

  /** Whether the last page has the records that `Total` promises. */
  async #isRight(window: AuditWindow, total: number): Promise<boolean> {
    const pages = Math.ceil(total / PAGE_SIZE);
    const last = await this.#page(window, pages, PAGE_SIZE);
    if (last.rows.length !== total - (pages - 1) * PAGE_SIZE) return false;
    if (last.rows.some((row) => this.#isOutside(row, window))) return false;
    return last.rows.length < PAGE_SIZE || (await this.#page(window, pages + 1, PAGE_SIZE)).rows.length === 0;
  }

  #isOutside(row: ParsedJson, { from, until }: AuditWindow): boolean {
    const at = this.#timeOf(row);
    return at !== null && (at < from || at > until);
  }

  #timeOf(row: ParsedJson): number | null {
    const { validator, source } = this.#options;
    const { record } = validator.check(row);
    return record === undefined ? null : parseEventTime(record[source.cursor]);
  }

  #page({ from, until }: AuditWindow, page: number, per: number): Promise<Page> {
    const { client, source } = this.#options;
    this.#budget.take();
    const parameters = {
      [`${source.cursor}[from]`]: isoTime(from),
      [`${source.cursor}[to]`]: isoTime(until),
      ...createPageParameters(page, source.cursor, per),
    };
    return client.page(source.path, parameters, FEW_ATTEMPTS);
  }
}

const isRefused = (error: unknown): boolean => error instanceof ConfigurationError && error.refusedWith === 404;
