import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Effects } from '../common/effects.ts';
import { RateLimitedError } from '../common/errors.ts';
import { DynamoBudgetItem } from './dynamo-budget-item.ts';
import type { RateBudget } from './rate-budget.ts';

/** Most requests taken with one write, in seconds of the tenant's rate: at 8/s every request is taken by itself. */
const BLOCK_SECONDS = 0.1;

/** After a 429 the rate starts at half and grows back to the ceiling in this time, milliseconds. */
const RECOVERY = 60_000;

/** No two functions' clocks differ by more, milliseconds: a budget unused for longer is unused by every clock. */
const MOST_SKEW = 4_000;

/** A request is sent this late at most, in intervals; it would come too close to the next ones. */
const LATEST = 0.5;

/** ... but for the first of a write a slow answer of DynamoDB is no reason to start again, milliseconds. */
const LATEST_MS = 50;

/** ... nor for the others at rates beyond 100/s, which only simulated platforms allow: there that would be most of them. Milliseconds. */
const SHORT = 10;

/** The rhythm is kept by those who come this late at most, in intervals. */
const RHYTHM = 0.2;

/** Backfill stands back for so long after live work wanted a request, milliseconds ... */
const QUIET = 1_000;

/** ... and for so many intervals, where the rate is low. */
const QUIET_INTERVALS = 3;

/** Backfill that has asked for a request looks so often whether it was granted, in intervals. */
const LOOK_AGAIN = 0.25;

/**
 * Generic cell rate algorithm over one DynamoDB item per tenant. A request is taken when it is due and not before: one
 * conditional write moves `nextAt` by an interval, whoever's write succeeds sends, the others wait for the next one.
 *
 *     nextAt ──┬─────┬─────┬─────┬──>   A and B both want one at each mark:
 *              A     B     A     A      the spacing holds whoever wins
 *
 * Nothing is reserved ahead, so a clock that is off misplaces nothing that others have taken into account. Clocks are
 * aligned to the most advanced one: whoever takes a request leaves its clock in `seenAt`, and nobody takes one with a clock
 * behind that. A newcomer whose clock is ahead of all others would see a request due too early: where the budget was in use
 * just now, its first write only moves `nextAt` to an interval from its own now. So does that of a backfill that was granted
 * requests until now.
 * A 429 moves `nextAt` for all functions of the tenant and halves the rate for a while.
 *
 * Live work goes first: it leaves its time in `liveAt` with every request it takes, and whenever it finds one taken while
 * backfill is at work. Backfill takes what is due only where that was some time ago. Beside live work it has a small share of
 * the rate: when its turn has come it asks, and whoever of live work comes next grants it the request that is due. So beside
 * live work no clock of a backfill counts, which comes too seldom to be aligned well.
 */
export class DynamoRateBudget implements RateBudget {
  readonly #budget: DynamoBudgetItem;
  readonly #interval: number;
  readonly #mostAtOnce: number;
  readonly #effects: Effects;
  readonly #backfillShare: number | undefined;
  /** The requests that are taken and not sent: when each is to be sent, and until when it may be. */
  #taken: { at: number; until: number }[] = [];
  /** Requests of the next write: doubles while more are needed, so that a short run wastes few. */
  #atOnce = 1;
  #turn: Promise<void> = Promise.resolve();
  /** Random number under which this backfill has asked for a request, 0 if it has not. */
  #asking = 0;
  /** When it last saw that it was not granted yet. */
  #lookedAt = 0;

  /** @param backfillShare for backfill: its part of the rate beside live work, above 0 to 0.5. @default - live work */
  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    tenant: string,
    requestsPerSecond: number,
    effects: Effects,
    backfillShare?: number,
  ) {
    this.#budget = new DynamoBudgetItem(client, table, tenant, effects);
    this.#interval = 1000 / requestsPerSecond;
    this.#mostAtOnce = Math.max(1, Math.floor(requestsPerSecond * BLOCK_SECONDS));
    this.#effects = effects;
    this.#backfillShare = backfillShare;
  }

  acquire(timeLeft: number): Promise<void> {
    const turn = this.#turn.then(() => this.#take(timeLeft));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async pause(milliseconds: number): Promise<void> {
    this.#taken = [];
    const now = this.#now();
    const values = { ':until': now + Math.ceil(milliseconds), ':now': now };
    const isPaused = await this.#budget.update(
      'SET nextAt = :until, seenAt = :now, cutAt = :now',
      'attribute_not_exists(nextAt) OR nextAt < :until',
      values,
    );
    // another 429 has paused it for longer already: the rate is cut all the same
    if (!isPaused) await this.#budget.update('SET cutAt = :now', 'nextAt >= :until', values);
  }

  #now(): number {
    return this.#budget.now();
  }

  async #take(timeLeft: number): Promise<void> {
    const deadline = this.#effects.now() + timeLeft;
    for (;;) {
      const taken = this.#taken.shift();
      if (taken !== undefined) {
        const now = this.#now();
        if (now < taken.at) return this.#effects.sleep(taken.at - now);
        if (now <= taken.until) return;
        // others are counting on the next ones: whoever is too slow for several at once takes them singly
        this.#atOnce = 1;
        continue;
      }
      const wait = Math.max(0, this.#dueAt() - this.#now());
      if (this.#effects.now() + wait > deadline)
        throw new RateLimitedError(
          `no free request within this run's time: other functions or a 429 have taken the rate for the next ${Math.ceil(wait / 1000)} s`,
        );
      if (wait > 0) await this.#effects.sleep(wait);
      if ((await this.#tryTake()) || (await this.#tryAlign())) continue;
      await this.#budget.look();
      if (this.#isGranted()) continue;
      await this.#want();
      // those who lost come back at different times, or the same one would always win
      await this.#effects.sleep(this.#effects.random() * this.#interval * 0.2);
    }
  }

  /** When a request is due for us, or worth another look, as far as we know. */
  #dueAt(): number {
    if (this.#budget.known === undefined) return 0;
    const { nextAt, liveAt, backfillAt } = this.#budget.known;
    if (this.#backfillShare === undefined) return nextAt;
    const free = Math.max(nextAt, liveAt + this.#quiet);
    if (this.#asking > 0) return Math.min(free, this.#now() + this.#interval * LOOK_AGAIN);
    return Math.min(free, backfillAt + this.#pace(this.#backfillShare) - this.#interval / 2);
  }

  /** How long backfill stands back after live work, milliseconds. */
  get #quiet(): number {
    return Math.max(QUIET, this.#interval * QUIET_INTERVALS);
  }

  /** Milliseconds from one request of backfill to the next beside live work. */
  #pace(share: number): number {
    return Math.ceil(this.#interval / share);
  }

  /** Lets the others know who waits: live work keeps backfill away and grants what it asks for. */
  async #want(): Promise<void> {
    const now = this.#now();
    if (this.#backfillShare !== undefined) return this.#ask(now, this.#backfillShare);
    const { askedBy = 0, backfillAt = 0 } = this.#budget.known ?? {};
    if (askedBy > 0) return this.#grant(now, askedBy);
    if (backfillAt < now - this.#quiet) return;
    await this.#budget.update('SET liveAt = :now', 'attribute_exists(nextAt) AND seenAt <= :now', { ':now': now });
  }

  /** Asks live work for a request, where it is backfill's turn and nobody else asks. */
  async #ask(now: number, share: number): Promise<void> {
    if (this.#asking > 0) return;
    const number = 1 + Math.floor(this.#effects.random() * 1e9);
    const turn = Math.floor(now + this.#interval / 2) - this.#pace(share);
    const isAsked = await this.#budget.update(
      'SET askedBy = :number',
      '(attribute_not_exists(askedBy) OR askedBy = :nobody) AND liveAt > :quiet AND (attribute_not_exists(backfillAt) OR backfillAt <= :turn)',
      { ':number': number, ':nobody': 0, ':quiet': now - this.#quiet, ':turn': turn },
    );
    if (!isAsked) return;
    this.#asking = number;
    this.#lookedAt = now;
  }

  /** Leaves the request that is due to the backfill that has asked. */
  async #grant(now: number, askedBy: number): Promise<void> {
    const interval = this.#interval * this.#slowdown(now);
    const isGranted = await this.#advance(now, interval, 1, (nextAt, condition, values) =>
      this.#budget.update(
        `SET nextAt = ${nextAt}, seenAt = :now, liveAt = :now, backfillAt = :now, grantedTo = askedBy, askedBy = :nobody`,
        `${condition} AND askedBy = :askedBy`,
        { ...values, ':askedBy': askedBy, ':nobody': 0 },
      ),
    );
    if (isGranted) this.#budget.isAligned = true;
  }

  /** Sees whether the request was granted, and takes it if that was just now. */
  #isGranted(): boolean {
    if (this.#asking === 0) return false;
    const now = this.#now();
    const isLate = now - this.#lookedAt > Math.max(LATEST_MS, this.#interval * LATEST);
    this.#lookedAt = now;
    const { askedBy = 0, grantedTo = 0 } = this.#budget.known ?? {};
    if (askedBy === this.#asking) return false;
    const isGranted = grantedTo === this.#asking && !isLate;
    this.#asking = 0;
    // the others do not know our clock any more
    this.#budget.isAligned = false;
    if (isGranted) this.#keep(now, this.#interval, 1);
    return isGranted;
  }

  async #tryTake(): Promise<boolean> {
    const now = this.#now();
    if (this.#isBesideLive(now) || (this.#budget.isAligned && (this.#budget.known?.nextAt ?? 0) > now)) return false;
    const interval = this.#interval * this.#slowdown(now);
    const isTaken = this.#budget.isAligned
      ? await this.#advance(now, interval, this.#atOnce, (...move) => this.#move(...move))
      : await this.#takeUnused(now, interval);
    if (!isTaken) return false;
    this.#budget.isAligned = true;
    this.#keep(now, interval, this.#atOnce);
    return true;
  }

  #keep(now: number, interval: number, requests: number): void {
    this.#taken = Array.from({ length: requests }, (_, i) => {
      const at = now + i * interval;
      const isPatient = i === 0 || this.#interval < SHORT;
      return { at, until: at + Math.max(this.#interval * LATEST, isPatient ? LATEST_MS : 0) };
    });
    this.#atOnce = Math.min(this.#mostAtOnce, this.#atOnce * 2);
    this.#asking = 0;
  }

  /** Moves over what is due: in the rhythm of the budget where it is in use, else from now on, for nothing is saved up. */
  #advance(
    now: number,
    interval: number,
    requests: number,
    move: (nextAt: string, condition: string, values: Record<string, number>) => Promise<boolean>,
  ): Promise<boolean> {
    const length = Math.ceil(interval * requests);
    const early = now - interval * RHYTHM;
    const times = { ':now': now, ':early': early };
    return (this.#budget.known?.nextAt ?? 0) > early
      ? move('nextAt + :length', 'nextAt <= :now AND nextAt > :early AND seenAt <= :now', {
          ...times,
          ':length': length,
        })
      : move(':end', 'nextAt <= :early AND seenAt <= :now', { ...times, ':end': now + length });
  }

  /** Takes from a budget that no clock has used lately. */
  #takeUnused(now: number, interval: number): Promise<boolean> {
    return this.#move(':end', '(attribute_not_exists(nextAt) OR (nextAt <= :longAgo AND seenAt <= :longAgo))', {
      ':end': now + Math.ceil(interval * this.#atOnce),
      ':now': now,
      ':longAgo': now - MOST_SKEW,
    });
  }

  /** Aligns our clock with a budget that is in use: takes nothing yet. @returns whether it did */
  async #tryAlign(): Promise<boolean> {
    const now = this.#now();
    if (this.#budget.isAligned || this.#isBesideLive(now)) return false;
    const isMoved = await this.#move(':aligned', 'nextAt <= :now AND seenAt <= :now', {
      ':now': now,
      ':aligned': now + Math.ceil(this.#interval * (1 + this.#mostAtOnce)),
    });
    if (isMoved) this.#budget.isAligned = true;
    return isMoved;
  }

  /** Whether this is backfill and live work is going on, as far as we know. */
  #isBesideLive(now: number): boolean {
    return this.#backfillShare !== undefined && (this.#budget.known?.liveAt ?? 0) > now - this.#quiet;
  }

  /** Moves `nextAt` and leaves a mark of whose doing it was, unless it is not our turn. */
  #move(nextAt: string, condition: string, values: Record<string, number>): Promise<boolean> {
    if (this.#backfillShare === undefined)
      return this.#budget.update(
        `SET nextAt = ${nextAt}, seenAt = :now, liveAt = :now`,
        `${condition} AND (attribute_not_exists(askedBy) OR askedBy = :nobody)`,
        { ...values, ':nobody': 0 },
      );
    return this.#budget.update(
      `SET nextAt = ${nextAt}, seenAt = :now, backfillAt = :now, askedBy = :nobody`,
      `${condition} AND (attribute_not_exists(liveAt) OR liveAt <= :quiet)`,
      { ...values, ':quiet': (values[':now'] ?? 0) - this.#quiet, ':nobody': 0 },
    );
  }

  /** 2 right after a 429, falling to 1. */
  #slowdown(now: number): number {
    return 1 + Math.max(0, 1 - (now - (this.#budget.known?.cutAt ?? 0)) / RECOVERY);
  }
}
