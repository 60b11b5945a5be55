import type { Endpoint, TailSource } from '../../../catalog/index.ts';
import type { CcaipClient } from '../../platform/client.ts';
import type { NarrowingBudget } from '../narrow-page.ts';
import type { RunContext } from '../source.ts';
import type { RowValidator } from '../validate.ts';

/** What a tail and its ranges work with. */
export interface TailOptions extends RunContext {
  readonly endpoint: Endpoint;
  readonly source: TailSource;
  readonly client: CcaipClient;
  readonly validator: RowValidator;
  /** Requests that this run may spend on unreadable pages. */
  readonly narrowing: NarrowingBudget;
  /** Where to start without a cursor, milliseconds. */
  readonly historyStart: number;
  /** How far before the cursor every run reads again, milliseconds: records are committed out of order upstream. */
  readonly lookBack: number;
  /** The cursor never comes nearer to the platform's now than this, milliseconds. */
  readonly settle: number;
  /** Requests in flight at most while far behind. */
  readonly ahead: number;
}
