import { findEndpoint } from '../../../catalog/index.ts';
import { isoTime } from '../../../catalog/timestamp.ts';
import { Lake } from '../../lake/lake.ts';
import { storeSummary, summarize } from '../audit-summary.ts';
import { writeCoverage } from '../coverage-lines.ts';
import { keepMissing, listHealed, mergeHealed, planHealing } from '../heal-plan.ts';
import { createUnproved, isProvenWindow, type WindowResult } from '../window-result.ts';
import { readSizes } from './answered-lake.ts';
import { type AuditAnswer, NO_STEP } from './audit-answer.ts';
import type { AuditDone, AuditEvent } from './audit-event.ts';
import {
  type AuditProgress,
  type AuditProgressStore,
  type PendingComparison,
  type PendingRead,
  summarizeProgress,
} from './audit-progress.ts';
import { AuditWorkStore } from './audit-work.ts';
import { compareEndpoint, type StepContext } from './compare-endpoint.ts';
import { continueRead } from './continue-read.ts';
import { createQuestion } from './create-question.ts';
import { createLakeQuery, unpackStatements } from './lake-statements.ts';
import { limitHeals } from './limit-heals.ts';
import { OpenWindows } from './open-windows.ts';
import { countReserved } from './reserved-requests.ts';

/** Time that has to be left for a window, milliseconds. */
const MIN_TIME = 300_000;

/** Answers that were deleted before they were read. */
const MAX_LOST = 2;

/** Maximum length of a question with its query: an answer to the state machine can have 256 kB, the item 400 kB. */
const MAX_QUESTION = 200_000;

/** An endpoint that could not be asked about or compared this often, because the function failed, is left out. */
const MAX_ATTEMPTS = 2;

/** Maximum length of a reason or a failure in the item. */
const MAX_TEXT = 500;

/** Does steps of a tenant's audit as far as the time of an invocation allows. */
export class TenantSteps {
  readonly #context: StepContext;
  readonly #event: AuditEvent;
  readonly #store: AuditProgressStore;
  readonly #lake: Lake;
  readonly #work: AuditWorkStore;
  readonly #open: OpenWindows;
  #progress: AuditProgress;
  /** The progress as it is in the store. */
  #stored: AuditProgress;
  #isFirst = true;

  constructor(context: StepContext, event: AuditEvent, store: AuditProgressStore, progress: AuditProgress) {
    this.#context = context;
    this.#event = event;
    this.#store = store;
    this.#progress = progress;
    this.#stored = progress;
    const { aws, environment } = context;
    this.#lake = new Lake(aws.s3, environment.LAKE_BUCKET);
    this.#work = new AuditWorkStore(this.#lake, event.tenant.name, progress.run);
    this.#open = new OpenWindows(aws.dynamodb, environment.STATE_TABLE);
  }

  async advance(): Promise<AuditAnswer> {
    const { done, step } = this.#event;
    if (done !== null && step === this.#progress.step) await this.#take(done);
    for (;;) {
      const answer = await this.#next();
      if (!(await this.#write(this.#progress))) return { next: 'wait', step: NO_STEP };
      if (answer !== undefined) return answer;
    }
  }

  /** Decides the next action, or does the next piece of work. @returns undefined if there is more to do */
  async #next(): Promise<AuditAnswer | undefined> {
    const { pending, step, left, heals, again, round } = this.#progress;
    switch (pending?.kind) {
      case 'query':
        return { next: 'query', step, statement: pending.statement };
      case 'read':
        if (!pending.mustWait) return { next: 'read', step, ...this.#createRead(pending) };
        this.#change({ pending: { ...pending, mustWait: false } });
        return { next: 'wait', step: NO_STEP };
      case 'compare':
        if (!this.#isFirst && !this.#hasTime()) return { next: 'again', step: NO_STEP };
        return this.#attempt(pending.endpoint, () => this.#compare(pending));
    }
    const [endpoint] = left;
    if (endpoint !== undefined) return this.#attempt(endpoint, () => this.#ask(endpoint));
    if (heals.length > 0) this.#startRead(heals);
    else if (round === 1 && again.length > 0) this.#change({ round: 2, left: again, again: [] });
    else return this.#end();
    return undefined;
  }

  /**
   * Does a piece of work that can end the function: for lack of memory, or with an error that is no answer of the platform. The attempt is
   * counted before, so that one endpoint does not keep the audit from the others.
   */
  async #attempt(endpoint: string, work: () => Promise<AuditAnswer | undefined>): Promise<AuditAnswer | undefined> {
    const { attempts } = this.#progress;
    if (attempts >= MAX_ATTEMPTS) {
      const reason = `the function of the audit failed ${attempts} times. Its log says why`;
      this.#fail(`comparison of ${endpoint}: ${reason}`);
      await this.#leave(endpoint, this.#context.effects.now(), reason);
    } else {
      if (!(await this.#write({ ...this.#stored, attempts: attempts + 1 }))) return { next: 'wait', step: NO_STEP };
      const answer = await work();
      if (answer !== undefined) return answer;
    }
    this.#change({ attempts: 0 });
    return undefined;
  }

  async #write(progress: AuditProgress): Promise<boolean> {
    this.#stored = progress;
    return this.#store.write(progress);
  }

  /** Takes what the state machine did. */
  async #take({ query, read, Error: error, Cause: cause = '' }: AuditDone): Promise<void> {
    const { pending, step, bytes, requests } = this.#progress;
    this.#change({ step: step + 1 });
    const failure = error && `${error}: ${cause}`.slice(0, MAX_TEXT);
    if (pending?.kind === 'query') {
      const { endpoint, question } = pending;
      if (query !== undefined) {
        this.#change({
          bytes: bytes + query.bytes,
          pending: { kind: 'compare', endpoint, question, location: query.location },
        });
        return;
      }
      this.#fail(`query of ${endpoint}: ${failure}`);
      await this.#leave(endpoint, question.moment.now, `Athena did not answer: ${failure}`);
    }
    if (pending?.kind !== 'read') return;
    const rest = read === undefined ? undefined : continueRead(pending, read);
    if (read !== undefined) this.#change({ requests: requests + read.requests });
    if (failure !== undefined) this.#fail(`healing of ${pending.run.endpoint}: ${failure}`);
    this.#change({ pending: rest });
  }

  async #ask(name: string): Promise<undefined> {
    const { tenant, curated, statements } = this.#event;
    const endpoint = findEndpoint(name);
    if (endpoint === undefined) throw new Error(`there is no endpoint ${name}`);
    const { from, until } = this.#progress;
    const { aws, environment, effects } = this.#context;
    const sizes = (keys: readonly string[]) => readSizes(aws.s3, environment.LAKE_BUCKET, keys);
    const context = { aws, environment, tenant, curated, sizes, range: { from, until }, now: effects.now() };
    const question = await createQuestion(context, endpoint);
    const statement = createLakeQuery(unpackStatements(statements), tenant.name, name, question);
    const length = JSON.stringify(question).length + (statement?.length ?? 0);
    if (length > MAX_QUESTION) {
      await this.#leave(
        name,
        question.moment.now,
        `the query would have ${length} characters: audit fewer days at once`,
      );
      return;
    }
    this.#change({
      pending:
        statement === undefined
          ? { kind: 'compare', endpoint: name, question, location: null }
          : { kind: 'query', endpoint: name, question, statement },
    });
  }

  /** Compares both sides. @returns an answer if the time was up before all windows were compared */
  async #compare(pending: PendingComparison): Promise<AuditAnswer | undefined> {
    const { endpoint, question } = pending;
    const { from, until, round, requests, left } = this.#progress;
    const { now } = question.moment;
    const later = left.filter((name) => name !== endpoint);
    const reserved = countReserved(this.#limit - requests, later, { from, until });
    const work = await this.#work.read(endpoint);
    const found = await compareEndpoint({
      ...{ ...this.#context, tenant: this.#event.tenant, range: { from, until }, pending },
      known: work.now === now ? work.compared : [],
      hasTime: () => this.#hasTime(),
      budget: { limit: this.#limit, spent: requests, reserved },
    });
    this.#isFirst = false;
    if (found === undefined) return this.#askAgain(endpoint, now);
    this.#change({ requests: found.requests });
    if (found.results === undefined) {
      await this.#work.write(endpoint, { ...work, now, compared: found.compared });
      this.#change({ attempts: 0 });
      return { next: 'again', step: NO_STEP };
    }
    const results = round === 1 ? found.results : mergeHealed(work.results, found.results);
    if (round === 1 && results.some(hasMissing)) await this.#work.write(endpoint, { now, compared: [], results });
    await this.#finish(endpoint, now, results);
    return undefined;
  }

  /** Asks again, because the answer is not there. */
  async #askAgain(endpoint: string, now: number): Promise<undefined> {
    const { lost } = this.#progress;
    if (lost < MAX_LOST) this.#change({ pending: undefined, lost: lost + 1 });
    else await this.#leave(endpoint, now, 'the results of its queries are not in the bucket');
  }

  /** Leaves an endpoint without a comparison. What was missing before it was healed is missing as far as is known. */
  async #leave(endpoint: string, now: number, reason: string): Promise<void> {
    const { from, until, round } = this.#progress;
    const { results: before } = round === 1 ? { results: [] } : await this.#work.read(endpoint);
    const results = before.map((result) => keepMissing(result, reason));
    const place = { endpoint, part: 'records' } as const;
    await this.#finish(endpoint, now, results.length > 0 ? results : [createUnproved({ from, until }, place, reason)]);
  }

  /** Keeps the results of an endpoint. The next one follows. */
  async #finish(endpoint: string, now: number, results: readonly WindowResult[]): Promise<void> {
    const { tenant, order } = this.#event;
    const { run, left, endpoints, round, from, until } = this.#progress;
    const range = { from, until };
    await writeCoverage(this.#lake, { tenant: tenant.name, run, checkedAt: now }, results);
    await this.#open.update(tenant.name, { endpoint, ...range }, results);
    const { windows, missing, healed } = summarize(results, isoTime(now), 0);
    const reasons = results.flatMap(({ reason }) => reason ?? []);
    const reason = reasons[0]?.slice(0, MAX_TEXT) ?? null;
    // a nested endpoint has no windows if there were no parents: nothing can be missing
    const isProven = results.every(isProvenWindow);
    const tally = { windows, isProven, missing, healed, unproved: reasons.length, reason };
    const rest = left.filter((name) => name !== endpoint);
    this.#change({ left: rest, pending: undefined, lost: 0, endpoints: { ...endpoints, [endpoint]: tally } });
    if (rest.length === 0 && round === 1 && order.heal) await this.#planHealing();
  }

  async #planHealing(): Promise<void> {
    const { all, endpoints } = this.#progress;
    const before: WindowResult[] = [];
    for (const name of all)
      if ((endpoints[name]?.missing ?? 0) > 0) before.push(...(await this.#work.read(name)).results);
    const runs = planHealing(before).filter(({ endpoint }) => this.#event.endpoints.includes(endpoint));
    const heals = limitHeals(runs, this.#event.tenants.length);
    const again = listHealed(heals, before);
    this.#change({ heals, again: heals.length === 0 ? [] : all.filter((name) => again.includes(name)) });
  }

  #startRead([run, ...heals]: AuditProgress['heals']): void {
    // what is not read now is missing in the next audit, too
    if (run === undefined || this.#progress.requests >= this.#limit) this.#change({ heals: [] });
    else this.#change({ heals, pending: { kind: 'read', run, tries: 0, mustWait: false } });
  }

  /** The same event as that of a schedule or a backfill. */
  #createRead({ run }: PendingRead) {
    const { deployment, tenant } = this.#event;
    return {
      function: `${deployment}-${run.endpoint}`,
      event: { ...run, tenant, scheduledTime: this.#progress.startedAt },
    };
  }

  async #end(): Promise<AuditAnswer> {
    const { aws, environment, effects } = this.#context;
    await this.#open.retain(this.#event.tenant.name, this.#event.endpoints);
    this.#change({ endedAt: isoTime(effects.now()) });
    const answer = createEnd(this.#progress);
    await storeSummary(aws.dynamodb, environment.STATE_TABLE, this.#event.tenant.name, answer.summary);
    return answer;
  }

  #fail(sentence: string): void {
    this.#change({ failures: [...this.#progress.failures, sentence] });
  }

  /** Maximum number of requests. */
  get #limit(): number {
    return this.#event.order.requests ?? this.#event.requests;
  }

  #hasTime(): boolean {
    return this.#context.timeLeft() >= MIN_TIME;
  }

  #change(changes: Partial<AuditProgress>): void {
    this.#progress = { ...this.#progress, ...changes };
  }
}

/** The answer when a tenant is audited. */
export const createEnd = (progress: AuditProgress) => ({
  next: progress.failures.length > 0 ? ('failed' as const) : ('end' as const),
  summary: summarizeProgress(progress),
});

const hasMissing = ({ missing }: WindowResult): boolean => missing.length > 0;
