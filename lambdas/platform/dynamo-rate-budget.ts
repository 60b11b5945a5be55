import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Effects } from '../common/effects.ts';
import { RateLimitedError } from '../common/errors.ts';
import type { RateBudget } from './rate-budget.ts';
import { RateBudgetItem } from './rate-budget-item.ts';
import { SendWindow, SPACED_OVER } from './send-window.ts';
import { announceWait, formatTime } from './waits.ts';

const SECOND = 1_000;

/** Maximum delay of a request, milliseconds. One write reserves the requests of that time. */
const MAX_LATE = 250;

/** A 429 multiplies the rate by `CUT`. Then `REGROWTH` of the full rate is added every second, up to the full rate. */
const CUT = 0.9;
const REGROWTH = 0.01;

const MAY_BACKFILL =
  'attribute_not_exists(liveUntil) OR liveUntil <= :now OR attribute_not_exists(backfillAt) OR backfillAt <= :now';

/**
 * Generic cell rate algorithm with one DynamoDB item per tenant. A conditional write moves `nextAt` by an interval. This reserves
 * the request at that time for the run:
 *
 *     nextAt ──┬─────┬─────┬─────┬──>
 *              A     B     A     A
 *
 * A run that is late sends immediately, if its own last second allows it (`SendWindow`). If it is later than `MAX_LATE`, it
 * gives up the request, because the next slots belong to other runs. Slots that no run used by then are lost.
 *
 * A 429 moves `nextAt` for all runs and cuts the rate, which recovers in seconds. A further 429 before that cuts it again.
 *
 * Live runs have priority over backfills. They set `liveUntil` to a second after their last request. Until then, a backfill
 * reserves only its share of the rate: one request at each `backfillAt`.
 */
export class DynamoRateBudget implements RateBudget {
  readonly #item: RateBudgetItem;
  readonly #interval: number;
  readonly #maxAtOnce: number;
  readonly #effects: Pick<Effects, 'now' | 'sleep' | 'breathe'>;
  readonly #backfillShare: number | undefined;
  readonly #window: SendWindow;
  /** Due times of the requests that are reserved and not sent yet. */
  #reserved: number[] = [];
  /** Number of requests that the next write reserves. It doubles while more are needed, so that a short run wastes few. */
  #atOnce = 1;
  #turn: Promise<void> = Promise.resolve();
  /** The last pause, until it is stored. */
  #pausing: Promise<void> = Promise.resolve();

  /** @param backfillShare for backfill: its part of the rate beside live work, above 0 to 0.5. @default - live work */
  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    tenant: string,
    requestsPerSecond: number,
    effects: Pick<Effects, 'now' | 'sleep' | 'breathe'>,
    backfillShare?: number,
  ) {
    this.#item = new RateBudgetItem(client, table, tenant);
    this.#interval = SPACED_OVER / requestsPerSecond;
    this.#maxAtOnce = Math.max(1, Math.floor(MAX_LATE / this.#interval));
    this.#effects = effects;
    this.#backfillShare = backfillShare;
    this.#window = new SendWindow(Math.ceil(requestsPerSecond));
  }

  acquire(timeLeft: number): Promise<void> {
    const taken = this.#turn.then(() => this.#take(timeLeft));
    this.#turn = taken.then(
      () => this.#letGoOut(),
      () => undefined,
    );
    return taken;
  }

  pause(milliseconds: number): Promise<void> {
    this.#reserved = [];
    this.#pausing = this.#pause(milliseconds);
    return this.#pausing;
  }

  async #pause(milliseconds: number): Promise<void> {
    const now = this.#now();
    const until = now + Math.ceil(milliseconds);
    await this.#item.update('nextAt = :until', ['attribute_not_exists(nextAt) OR nextAt < :until'], {
      ':until': until,
    });
    // a 429 that arrives during a pause answers a request from before the pause: it does not cut again
    await this.#item.update(
      'pausedUntil = :until, cutTo = :cutTo',
      ['attribute_not_exists(pausedUntil) OR pausedUntil <= :now'],
      { ':until': until, ':now': now, ':cutTo': this.#partOfRate(now) * CUT },
    );
  }

  /** Lets the request be sent before any further computation, which would delay it. */
  async #letGoOut(): Promise<void> {
    await this.#effects.breathe();
    this.#window.sent(this.#now());
  }

  async #take(timeLeft: number): Promise<void> {
    const deadline = this.#now() + timeLeft;
    for (;;) {
      const [due] = this.#reserved;
      if (due === undefined) {
        await this.#reserve(deadline);
        continue;
      }
      this.#announcePause();
      await this.#sleepUntil(Math.max(due, this.#window.opensAt));
      // a pause may have begun meanwhile
      if (this.#reserved[0] !== due) continue;
      this.#reserved.shift();
      const now = this.#now();
      if (now > due + MAX_LATE) continue;
      this.#window.add(now);
      return;
    }
  }

  async #reserve(deadline: number): Promise<void> {
    for (;;) {
      const pausing = this.#pausing;
      await pausing;
      const { nextAt, liveUntil, backfillAt } = this.#item.known;
      const opensAt = this.#backfillShare === undefined ? 0 : Math.min(liveUntil, backfillAt);
      this.#checkTime(Math.max(nextAt, opensAt), deadline);
      await this.#sleepUntil(opensAt);
      const reserved = await this.#tryReserve();
      // a pause may have begun meanwhile
      if (reserved === undefined || pausing !== this.#pausing) continue;
      this.#checkTime(reserved[0] ?? 0, deadline);
      this.#reserved = reserved;
      return;
    }
  }

  #checkTime(due: number, deadline: number): void {
    if (due <= deadline) return;
    const isPaused = this.#item.known.pausedUntil > this.#now();
    const why = isPaused
      ? 'the platform answered 429, all functions of the tenant pause'
      : 'others have taken the rate';
    throw new RateLimitedError(`no free request within this run's time: ${why} until ${formatTime(due)}`);
  }

  /** @returns the due times of the reserved requests; undefined if other runs were faster */
  async #tryReserve(): Promise<number[] | undefined> {
    const now = this.#now();
    const count = this.#atOnce;
    const length = Math.ceil((this.#interval * count) / this.#partOfRate(now));
    // the write takes time, too
    const late = now - 0.8 * MAX_LATE;
    const isInUse = this.#item.known.nextAt > late;
    const [start, from] = isInUse ? ['nextAt + ', 0] : ['', now];
    const free = isInUse ? 'nextAt > :late' : 'attribute_not_exists(nextAt) OR nextAt <= :late';
    const share = this.#backfillShare;
    const { mark, after, conditions, values } =
      share === undefined
        ? { mark: 'liveUntil', after: length + SECOND, conditions: [free], values: {} }
        : {
            mark: 'backfillAt',
            // early enough for its own slot, after the request that live runs have reserved by then
            after: Math.ceil(length / share - 1.5 * length),
            conditions: [free, MAY_BACKFILL],
            values: { ':now': now },
          };
    const isReserved = await this.#item.update(`nextAt = ${start}:length, ${mark} = ${start}:after`, conditions, {
      ...values,
      ':late': late,
      ':length': from + length,
      ':after': from + after,
    });
    if (!isReserved) return undefined;
    this.#atOnce = Math.min(this.#maxAtOnce, count * 2);
    const first = this.#item.known.nextAt - length;
    return Array.from({ length: count }, (_, i) => first + (i * length) / count);
  }

  /** The part of the rate in use: less than 1 for some seconds after a pause. */
  #partOfRate(now: number): number {
    const { pausedUntil, cutTo } = this.#item.known;
    return Math.min(1, cutTo + (Math.max(0, now - pausedUntil) / SECOND) * REGROWTH);
  }

  #announcePause(): void {
    announceWait(
      this.#now(),
      this.#item.known.pausedUntil,
      'the platform answered 429, all functions of the tenant pause',
    );
  }

  async #sleepUntil(time: number): Promise<void> {
    const wait = time - this.#now();
    if (wait > 0) await this.#effects.sleep(wait);
  }

  /** Whole milliseconds: DynamoDB adds decimals, JavaScript adds binary fractions. */
  #now(): number {
    return Math.floor(this.#effects.now());
  }
}
