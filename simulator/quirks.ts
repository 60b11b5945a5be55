import { Random } from './random.ts';

/** What a platform may do wrong, by name. */
export const QUIRKS = {
  'total-off': 'Total is 100 too low',
  'total-missing': 'no Total',
  'link-only': 'neither Total nor Per-Page',
  'link-missing': 'no Link',
  'deep-pages-refused': '400 for pages beyond 10,000 records',
  'empty-pages': 'empty pages with a next Link: 250 deleted records still have their places',
  'short-pages': 'pages with fewer records than asked for, and more behind them',
  'poison-record': '500 for each page with a certain record',
  'broken-json': 'a page with a certain record is not JSON',
  'odd-timestamps': '+0000, +00, microseconds; one record in 40 has no time zone',
  'clock-jump': 'one Date header in 9 is hours off',
  'error-as-200': 'one answer in 7 is a 200 with an error object or HTML',
  'no-content': '204 instead of an empty list',
  'empty-objects': 'empty objects in the lists of a record',
  'type-drift': 'ids and numbers as strings in some records',
  'bulk-edit': 'all calls and chats are changed at noon of the last day, at one timestamp',
  'created-at-corrected': 'created_at of some calls and chats is corrected to another day, twice or back',
  'never-closed': 'one agent status in 4 never ends',
  'huge-records': '16 calls of more than 1 MB each, so that a page has more than 10 MB',
  'late-records': 'one record in 3 appears 2 to 9 minutes after its updated_at',
  'duplicate-keys': 'a key that comes twice in a record, with different values',
  'long-retry-after': 'one answer in 40 is 429 with Retry-After: 120',
  'queue-duration-zero': 'queue_duration of one visit in 3 is 0 although its times differ',
  'doubled-chat-durations': 'queue_duration of chats is doubled',
  'duplicate-wrap-ups': 'the rows of agents come twice in one call or chat in 3',
  'status-after-logout': 'one status in 3 that a logout ends runs on for hours',
} as const;

export type QuirkName = keyof typeof QUIRKS;

/** The names in the order of the list. */
export const QUIRK_NAMES: readonly QuirkName[] = Object.keys(QUIRKS).filter(isQuirkName);

/** True for the name of a quirk. */
export function isQuirkName(name: string): name is QuirkName {
  return Object.hasOwn(QUIRKS, name);
}

/** Sizes of quirks. Tests with few records use smaller ones. */
export interface QuirkSizes {
  /** Records of a range that can be paged through with `deep-pages-refused`. @default 10_000 */
  readonly deepest: number;
  /** Characters that `huge-records` adds to a record. @default 1_100_000 */
  readonly huge: number;
  /** Places that deleted records have with `empty-pages`. @default 250 */
  readonly deleted: number;
  /** Seconds of `long-retry-after`. @default 120 */
  readonly retryAfter: number;
}

const SIZES: QuirkSizes = { deepest: 10_000, huge: 1_100_000, deleted: 250, retryAfter: 120 };

/** Share of the records that `odd-timestamps` leaves without a time zone. */
const WITHOUT_ZONE = 1 / 40;

/** The quirks of one platform. The same seed gives the same quirks. */
export class Quirks {
  readonly names: ReadonlySet<QuirkName>;
  readonly sizes: QuirkSizes;
  readonly seed: number;

  constructor(names: readonly QuirkName[], seed: number, sizes: Partial<QuirkSizes> = {}) {
    this.names = new Set(names);
    this.seed = seed;
    this.sizes = { ...SIZES, ...sizes };
  }

  has(name: QuirkName): boolean {
    return this.names.has(name);
  }

  /** A number from 0 to 1 that depends only on the seed, the quirk and the record. */
  draw(name: QuirkName, id: number): number {
    const mixed = Math.imul(this.seed + 1, 0x9e3779b1) ^ Math.imul(id + 1, 0x85ebca6b);
    return new Random(mixed ^ Math.imul(QUIRK_NAMES.indexOf(name) + 1, 0xc2b2ae35)).next();
  }

  /** The one record of several that a quirk affects. */
  pick(name: QuirkName, ids: readonly number[]): number | undefined {
    return ids.toSorted((a, b) => this.draw(name, a) - this.draw(name, b)).at(0);
  }

  /** Whether the timestamps of a record have no time zone, so that they cannot be read. */
  isWithoutZone(id: number): boolean {
    return this.has('odd-timestamps') && this.draw('odd-timestamps', id) < WITHOUT_ZONE;
  }
}
