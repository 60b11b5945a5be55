import type { Effects } from '../common/effects.ts';
import { CredentialError } from '../common/errors.ts';
import { computeWait, parseRetryAfter } from '../common/retry.ts';
import { AnswerEncodingError, AnswerTooLargeError, MAX_ANSWER_BYTES, readText } from './answer-body.ts';
import { isLocal } from './base-url.ts';
import { type Credential, type CredentialSource, createAuthorization } from './credentials.ts';
import { classifyBodyError, classifyNetworkError, classifyStatus, classifyTooLarge, type Failure } from './failures.ts';
import { PAGE_SIZE, type Page } from './page.ts';
import { createEmptyPage, parsePage } from './parse-page.ts';
import { PlatformClock } from './platform-clock.ts';
import type { RateBudget } from './rate-budget.ts';
import { announceWait, createWaitError } from './waits.ts';

/** Every request ends after this many milliseconds, answered or not. */
const REQUEST_TIMEOUT = 30_000;

/** Shortest and longest pause of the tenant after a 429, milliseconds. If the platform needs longer, it answers 429 again. */
const MIN_PAUSE = 1_000;
const MAX_PAUSE = 3_600_000;

/** Header of a simulated platform whose `Date` is not that of this machine. */
const SIMULATED_CLOCK = 'simulated-clock';

interface ClientOptions {
  /** Checked by `parseBaseUrl`. */
  readonly baseUrl: URL;
  readonly credentials: CredentialSource;
  readonly budget: RateBudget;
  readonly effects: Effects;
  /** Milliseconds the function still has; no retry starts that could not end in time. */
  readonly timeLeft: () => number;
}

type Answer = { readonly page: Page } | { readonly failure: Failure } | 'unauthorized';

/** Reads pages of the Manager API: authentication, rate budget, time-outs, retries. One instance per run. */
export class CcaipClient {
  readonly clock: PlatformClock;
  readonly #options: ClientOptions;
  #requests = 0;
  #throttled = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.clock = new PlatformClock(options.effects.now);
  }

  /** Requests sent so far, retries included. */
  get requests(): number {
    return this.#requests;
  }

  /** Answers 429 so far. */
  get throttled(): number {
    return this.#throttled;
  }

  /**
   * One page of a collection.
   * @param path collection below the base URL, e.g. `/calls`
   * @param maxAttempts how often a request is sent at most that the platform fails to answer. @default - as often as is worth it
   * @throws CredentialError on a refused credential or missing permission, ConfigurationError on a wrong address
   * @throws TransientError | RateLimitedError if it still fails after the retries that the remaining time allows
   * @throws UnreadableError if the platform keeps failing to answer this request, RefusedRequestError if it refuses it
   */
  async page(
    path: string,
    parameters: Readonly<Record<string, string | number>>,
    maxAttempts = Number.POSITIVE_INFINITY,
  ): Promise<Page> {
    const url = this.#url(path, parameters);
    const { effects, credentials, budget, timeLeft } = this.#options;
    let credential = await credentials.get(false);
    let refreshed = false;
    let failures = 0;
    for (let attempt = 1; ; attempt++) {
      await budget.acquire(timeLeft());
      const answer = await this.#request(url, credential);
      if (answer === 'unauthorized') {
        if (refreshed)
          throw new CredentialError(
            `${placeOf(url)} refused the credential (401): check user name and API credential in the tenant's secret`,
          );
        credential = await credentials.get(true);
        refreshed = true;
        continue;
      }
      if ('page' in answer) return answer.page;
      const { error, attempts, waitFor } = answer.failure;
      if (error.reason === 'rate_limited') await budget.pause(limitPause(waitFor));
      // a 429 says nothing about the record that is asked for
      else failures += 1;
      const wait = computeWait(attempt, waitFor, effects.random);
      const now = effects.now();
      if (attempt >= attempts || failures >= maxAttempts) throw error;
      if (wait + REQUEST_TIMEOUT > timeLeft())
        throw waitFor === wait ? createWaitError(error, placeOf(url), now + wait) : error;
      announceWait(now, now + wait, `${placeOf(url)} ${waitFor === wait ? 'asks for it (Retry-After)' : 'failed'}`);
      await effects.sleep(wait);
    }
  }

  #url(path: string, parameters: Readonly<Record<string, string | number>>): URL {
    const { baseUrl } = this.#options;
    const url = new URL(`${baseUrl.pathname.replace(/\/$/, '')}${path}`, baseUrl);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
    return url;
  }

  async #request(url: URL, credential: Credential): Promise<Answer> {
    const { effects } = this.#options;
    this.#requests += 1;
    try {
      const sentAt = effects.now();
      const response = await effects.fetch(url, {
        headers: { authorization: createAuthorization(credential), accept: 'application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT),
      });
      this.clock.observe(response.headers.get('date'), sentAt, hasSimulatedClock(url, response.headers));
      const answeredAt = this.clock.answered();
      const text = await readText(response);
      if (response.status === 401) return 'unauthorized';
      if (response.status === 429) this.#throttled += 1;
      if (response.status === 204) return { page: createEmptyPage(answeredAt) };
      if (response.status !== 200) {
        // a date in it refers to the clock of the platform
        const date = Date.parse(response.headers.get('date') ?? '');
        const waitFor = parseRetryAfter(
          response.headers.get('retry-after'),
          Number.isNaN(date) ? this.clock.now() : date,
        );
        return { failure: classifyStatus(response.status, placeOf(url), waitFor) };
      }
      const parsed = parsePage(response.headers, text, answeredAt);
      return 'page' in parsed ? parsed : { failure: classifyBodyError(parsed.isInstead, placeOf(url)) };
    } catch (error) {
      if (error instanceof AnswerTooLargeError) return { failure: classifyTooLarge(placeOf(url), MAX_ANSWER_BYTES) };
      if (error instanceof AnswerEncodingError)
        return { failure: classifyBodyError('bytes that are no text in their character encoding', placeOf(url)) };
      return { failure: classifyNetworkError(error, placeOf(url)) };
    }
  }
}

/** Milliseconds for which a 429 stops all functions of the tenant. @param waitFor what the platform asks for */
const limitPause = (waitFor: number | null) => Math.min(MAX_PAUSE, Math.max(MIN_PAUSE, waitFor ?? 0));

/** Parameters that ask for one page in the order of a column. */
export function createPageParameters(
  page: number,
  sortColumn: string,
  per = PAGE_SIZE,
): Record<string, string | number> {
  return { page, per, sort_column: sortColumn, sort_direction: 'ASC' };
}

/** A simulator on this machine, which has a simulated clock. */
export const hasSimulatedClock = (url: URL, headers: Headers): boolean => isLocal(url) && headers.has(SIMULATED_CLOCK);

// without the query: it is long and does not help the operator
const placeOf = (url: URL) => `${url.origin}${url.pathname}`;
