import { isoTime, parseEventTime } from '../../../catalog/timestamp.ts';
import type { ParsedJson } from '../../common/json.ts';
import { createPageParameters } from '../../platform/client.ts';
import { FEW_ATTEMPTS } from '../narrow-page.ts';
import type { TailOptions } from './tail-options.ts';
import { type WalkedPage, walk } from './walk.ts';

/** Parallel pages per request in flight. */
const PARALLEL_ROUNDS = 16;

/** A cursor time may be ahead of the platform's clock by this much, milliseconds; beyond it, it says nothing about the order of records. */
export const MAX_AHEAD_OF_CLOCK = 5 * 60_000;

/** Cursor times to walk over, both ends included, milliseconds. */
export interface TailWalk {
  readonly from: number;
  /** @default - to the newest record */
  readonly until: number | undefined;
  /** Timestamp field that orders and filters. @default - the cursor */
  readonly by?: string;
  /** Whether a record from this time on was unreadable before: then the platform is not asked again and again. */
  readonly expectsUnreadable?: (from: number) => boolean;
}

/** Walks the collection of a tail. Only records that are accepted say where reading continues. */
export function walkTail(
  options: TailOptions,
  { by, expectsUnreadable, ...range }: TailWalk,
): AsyncGenerator<WalkedPage> {
  const { client, source, validator, keepAlive, ahead, settle, lookBack, narrowing } = options;
  const field = by ?? source.cursor;
  const cursorOf = (row: ParsedJson): number | null => {
    const { record } = validator.check(row);
    const time = record === undefined ? null : parseEventTime(record[field]);
    return time !== null && time <= client.clock.now() + MAX_AHEAD_OF_CLOCK ? time : null;
  };
  return walk({
    ...range,
    path: source.path,
    parallel: { ahead, longest: ahead * PARALLEL_ROUNDS, settledUntil: () => client.clock.now() - settle - lookBack },
    cursorOf,
    narrowing,
    fetch: async ({ from, until, page, per }) => {
      await keepAlive();
      const parameters = {
        [`${field}[from]`]: isoTime(from),
        ...(until !== undefined && { [`${field}[to]`]: isoTime(until) }),
        ...createPageParameters(page, field, per),
      };
      const isFew = per !== undefined || expectsUnreadable?.(from) === true;
      return client.page(source.path, parameters, isFew ? FEW_ATTEMPTS : undefined);
    },
  });
}
