import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Effects } from '../ccaip/effects.ts';
import { RateLimitedError } from '../ccaip/errors.ts';
import type { RateBudget } from './rate-budget.ts';
import { BUDGET } from './state-keys.ts';

/** Most requests taken with one write, in seconds of the tenant's rate: at 8/s every request is taken by itself. */
const BLOCK_SECONDS = 0.1;

/** After a 429 the rate starts at half and grows back to the ceiling in this time, milliseconds. */
const RECOVERY = 60_000;

/** No two functions' clocks differ by more, milliseconds: a budget unused for longer is unused by every clock. */
const MOST_SKEW = 4_000;

/** A request is sent this late at most, in intervals; it would come too close to the next ones. */
const LATEST = 0.5;

/** ... but a slow answer of DynamoDB is no reason to start again, milliseconds. */
const LATEST_MS = 50;

/** The rhythm is kept by those who come this late at most, in intervals. */
const RHYTHM = 0.2;

/** Backfill stands back for so long after live work wanted a request, milliseconds ... */
const QUIET = 1_000;

/** ... and for so many intervals, where the rate is low. */
const QUIET_INTERVALS = 3;

const budgetSchema = z.object({
  /** Time of the next free request. */
  nextAt: z.number(),
  /** The most advanced clock of all that took a request. */
  seenAt: z.number(),
  /** Last 429. */
  cutAt: z._default(z.number(), 0),
  /** When live work last took a request or had to wait for one. */
  liveAt: z._default(z.number(), 0),
  /** When backfill last took one. */
  backfillAt: z._default(z.number(), 0),
});

type Budget = z.infer<typeof budgetSchema>;

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
 * just now, its first write only moves `nextAt` to an interval from its own now.
 * A 429 moves `nextAt` for all functions of the tenant and halves the rate for a while.
 *
 * Live work goes first: it leaves its time in `liveAt` with every request it takes, and whenever it finds one taken while
 * backfill is at work. Backfill takes what is due only where that was some time ago. Beside live work it has a small share of
 * the rate: when its turn has come it takes the next request before that is due, or those who never rest would always win.
 */
export class DynamoRateBudget implements RateBudget {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: Record<string, string>;
  readonly #interval: number;
  readonly #mostAtOnce: number;
  readonly #effects: Effects;
  readonly #backfillShare: number | undefined;
  /** Times of the requests that are taken and not sent. */
  #taken: number[] = [];
  /** Requests of the next write: doubles while more are needed, so that a short run wastes few. */
  #atOnce = 1;
  #turn: Promise<void> = Promise.resolve();
  #known: Budget | undefined;
  #isAligned = false;
  /** How far the most advanced clock is ahead of ours. */
  #behind = 0;

  /** @param backfillShare for backfill: its part of the rate beside live work, above 0 to 0.5. @default - live work */
  constructor(
    client: DynamoDBDocumentClient,
    table: string,
    tenant: string,
    requestsPerSecond: number,
    effects: Effects,
    backfillShare?: number,
  ) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: tenant, sk: BUDGET };
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
    const isPaused = await this.#update(
      'SET nextAt = :until, seenAt = :now, cutAt = :now',
      'attribute_not_exists(nextAt) OR nextAt < :until',
      values,
    );
    // another 429 has paused it for longer already: the rate is cut all the same
    if (!isPaused) await this.#update('SET cutAt = :now', 'nextAt >= :until', values);
  }

  #now(): number {
    return this.#clock() + this.#behind;
  }

  /** Our own clock. All stored times are whole milliseconds: DynamoDB adds decimals, JavaScript adds binary fractions. */
  #clock(): number {
    return Math.floor(this.#effects.now());
  }

  async #take(timeLeft: number): Promise<void> {
    const deadline = this.#effects.now() + timeLeft;
    for (;;) {
      const due = this.#taken.shift();
      if (due !== undefined) {
        const wait = due - this.#now();
        if (wait > 0) await this.#effects.sleep(wait);
        else if (-wait > Math.max(LATEST_MS, this.#interval * LATEST)) continue;
        return;
      }
      const wait = Math.max(0, this.#dueAt() - this.#now());
      if (this.#effects.now() + wait > deadline)
        throw new RateLimitedError(
          `no free request within this run's time: other functions or a 429 have taken the rate for the next ${Math.ceil(wait / 1000)} s`,
        );
      if (wait > 0) await this.#effects.sleep(wait);
      if ((await this.#tryTake()) || (await this.#tryAlign())) continue;
      await this.#look();
      await this.#want();
      // those who lost come back at different times, or the same one would always win
      await this.#effects.sleep(this.#effects.random() * this.#interval * 0.2);
    }
  }

  /** When a request is due for us, as far as we know. */
  #dueAt(): number {
    if (this.#known === undefined) return 0;
    const { nextAt, liveAt, backfillAt } = this.#known;
    if (this.#backfillShare === undefined) return nextAt;
    const free = Math.max(nextAt, liveAt + this.#quiet);
    return Math.min(free, Math.max(nextAt - this.#interval, backfillAt + this.#pace(this.#backfillShare)));
  }

  /** How long backfill stands back after live work, milliseconds. */
  get #quiet(): number {
    return Math.max(QUIET, this.#interval * QUIET_INTERVALS);
  }

  /** Milliseconds from one write of backfill to the next beside live work. */
  #pace(share: number): number {
    return Math.ceil((this.#interval * this.#atOnce) / share);
  }

  /** Lets backfill know that live work waits. */
  async #want(): Promise<void> {
    const now = this.#now();
    if (this.#backfillShare !== undefined || (this.#known?.backfillAt ?? 0) < now - this.#quiet) return;
    await this.#update('SET liveAt = :now', 'attribute_exists(nextAt) AND seenAt <= :now', { ':now': now });
  }

  async #tryTake(): Promise<boolean> {
    const now = this.#now();
    const interval = this.#interval * this.#slowdown(now);
    const isAhead = this.#isAligned && this.#backfillShare !== undefined && (this.#known?.nextAt ?? 0) > now;
    const isTaken = isAhead
      ? await this.#takeAhead(now, interval)
      : this.#isAligned
        ? await this.#takeDue(now, interval)
        : await this.#takeUnused(now, interval);
    if (!isTaken) return false;
    this.#isAligned = true;
    const first = isAhead ? (this.#known?.nextAt ?? now) - Math.ceil(interval * this.#atOnce) : now;
    this.#taken = Array.from({ length: this.#atOnce }, (_, i) => first + i * interval);
    this.#atOnce = Math.min(this.#mostAtOnce, this.#atOnce * 2);
    return true;
  }

  /** Takes what is due: in the rhythm of the budget where it is in use, else from now on, for nothing is saved up. */
  #takeDue(now: number, interval: number): Promise<boolean> {
    const length = Math.ceil(interval * this.#atOnce);
    const early = now - interval * RHYTHM;
    const times = { ':now': now, ':early': early };
    return (this.#known?.nextAt ?? 0) > early
      ? this.#move('nextAt + :length', 'nextAt <= :now AND nextAt > :early AND seenAt <= :now', {
          ...times,
          ':length': length,
        })
      : this.#move(':end', 'nextAt <= :early AND seenAt <= :now', { ...times, ':end': now + length });
  }

  /** Takes the next request although it is not due yet. */
  #takeAhead(now: number, interval: number): Promise<boolean> {
    return this.#move('nextAt + :length', 'nextAt > :now AND nextAt <= :soon AND seenAt <= :now', {
      ':now': now,
      ':soon': now + Math.ceil(interval),
      ':length': Math.ceil(interval * this.#atOnce),
    });
  }

  /** Takes from a budget that no clock has used lately. */
  #takeUnused(now: number, interval: number): Promise<boolean> {
    return this.#move(':end', '(attribute_not_exists(nextAt) OR (nextAt <= :longAgo AND seenAt <= :longAgo))', {
      ':end': now + Math.ceil(interval * this.#atOnce),
      ':now': now,
      ':longAgo': now - MOST_SKEW,
    });
  }

  /** Aligns our clock with a budget that is in use: takes nothing yet. @returns true once */
  async #tryAlign(): Promise<boolean> {
    if (this.#isAligned) return false;
    const now = this.#now();
    this.#isAligned = await this.#move(':aligned', 'nextAt <= :now AND seenAt <= :now', {
      ':now': now,
      ':aligned': now + Math.ceil(this.#interval * (1 + this.#mostAtOnce)),
    });
    return this.#isAligned;
  }

  /** Moves `nextAt` and leaves a mark of whose doing it was, unless it is not our turn. */
  #move(nextAt: string, condition: string, values: Record<string, number>): Promise<boolean> {
    const now = values[':now'] ?? 0;
    if (this.#backfillShare === undefined)
      return this.#update(`SET nextAt = ${nextAt}, seenAt = :now, liveAt = :now`, condition, values);
    return this.#update(
      `SET nextAt = ${nextAt}, seenAt = :now, backfillAt = :now`,
      `${condition} AND (attribute_not_exists(liveAt) OR liveAt <= :quiet OR attribute_not_exists(backfillAt) OR backfillAt <= :turn)`,
      { ...values, ':quiet': now - this.#quiet, ':turn': now - this.#pace(this.#backfillShare) },
    );
  }

  /** 2 right after a 429, falling to 1. */
  #slowdown(now: number): number {
    return 1 + Math.max(0, 1 - (now - (this.#known?.cutAt ?? 0)) / RECOVERY);
  }

  async #look(): Promise<void> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    if (item !== undefined) this.#learn(item);
  }

  #learn(item: unknown): void {
    this.#known = budgetSchema.parse(item);
    // a clock that is behind another one is not ahead of all
    if (this.#known.seenAt >= this.#now()) this.#isAligned = true;
    this.#behind = Math.max(this.#behind, this.#known.seenAt - this.#clock());
  }

  /** @returns false if the condition did not hold */
  async #update(update: string, condition: string, values: Record<string, number>): Promise<boolean> {
    try {
      const answer = await this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: this.#key,
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      this.#learn(answer.Attributes);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}
