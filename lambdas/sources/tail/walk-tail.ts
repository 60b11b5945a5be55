import { isoTime, parseEventTime } from '../../../catalog/timestamp.ts';
import { isObject } from '../../common/json.ts';
import { createPageParameters } from '../../platform/client.ts';
import type { TailOptions } from './tail-options.ts';
import { type WalkedPage, walk } from './walk.ts';

/** Parallel pages per request in flight. */
const PARALLEL_ROUNDS = 16;

/** Cursor times to walk over, both ends included, milliseconds. */
export interface TailWalk {
  readonly from: number;
  /** @default - to the newest record */
  readonly until: number | undefined;
  /** Timestamp field that orders and filters. @default - the cursor */
  readonly by?: string;
}

/** Walks the collection of a tail. */
export function walkTail(options: TailOptions, { by, ...range }: TailWalk): AsyncGenerator<WalkedPage> {
  const { client, source, keepAlive, ahead, settle, lookBack } = options;
  const field = by ?? source.cursor;
  return walk({
    ...range,
    path: source.path,
    parallel: { ahead, longest: ahead * PARALLEL_ROUNDS, settledUntil: () => client.clock.now() - settle - lookBack },
    cursorOf: ({ value }) => (isObject(value) ? parseEventTime(value[field]) : null),
    fetch: async ({ from, until, page }) => {
      await keepAlive();
      return client.page(source.path, {
        [`${field}[from]`]: isoTime(from),
        ...(until !== undefined && { [`${field}[to]`]: isoTime(until) }),
        ...createPageParameters(page, field),
      });
    },
  });
}
