import type { Endpoint, TailSource } from '../../../catalog/index.ts';
import type { CcaipClient } from '../../platform/client.ts';
import type { NarrowingBudget } from '../narrow-page.ts';
import type { RunContext } from '../source.ts';
import type { RowValidator } from '../validate.ts';

/** What a tail and its ranges need. */
export interface TailOptions extends RunContext {
  readonly endpoint: Endpoint;
  readonly source: TailSource;
  readonly client: CcaipClient;
  readonly validator: RowValidator;
  /** Requests that this run may spend on unreadable pages. */
  readonly narrowing: NarrowingBudget;
  /** Where to start without a cursor, milliseconds. */
  readonly historyStart: number;
  /** How far before the cursor every run reads again, milliseconds: the platform does not show records in order. */
  readonly lookBack: number;
  /** The cursor stays at least this far behind the platform's clock, milliseconds. */
  readonly settle: number;
  /** Maximum number of requests in flight while the tail is far behind. */
  readonly ahead: number;
}
