import type { Endpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import { AnswerEncodingError, AnswerTooLargeError, readText } from '../../lambdas/platform/answer-body.ts';
import { createPageParameters, hasSimulatedClock } from '../../lambdas/platform/client.ts';
import { type Credential, createAuthorization } from '../../lambdas/platform/credentials.ts';
import { classifyNetworkError } from '../../lambdas/platform/failures.ts';
import type { Page } from '../../lambdas/platform/page.ts';
import { createEmptyPage, parsePage } from '../../lambdas/platform/parse-page.ts';
import type { PlatformClock } from '../../lambdas/platform/platform-clock.ts';
import type { PageQuestion } from './page-question.ts';

const TIMEOUT = 30_000;

/** A collection of the API: one path that serves one or more endpoints. */
export interface Collection {
  readonly path: string;
  readonly endpoints: readonly Endpoint[];
}

/** The body of an answer. */
export type ObservedBody =
  | { readonly kind: 'page'; readonly page: Page; readonly bytes: number }
  /** Another body than a JSON array. */
  | { readonly kind: 'other'; readonly what: string; readonly start: string }
  | { readonly kind: 'oversized' }
  /** The status is not 200. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable'; readonly message: string };

/** The observation of one request to a collection. */
export interface Observation {
  readonly question: PageQuestion;
  /** The address without the query. */
  readonly place: string;
  /** HTTP status, or null if there was no answer. */
  readonly status: number | null;
  readonly headers: Headers;
  /** Time of the answer on our clock, and its duration, milliseconds. */
  readonly at: number;
  readonly took: number;
  readonly hasSimulatedClock: boolean;
  readonly body: ObservedBody;
}

/** What a request needs. */
export interface Asking {
  readonly baseUrl: URL;
  readonly credential: Credential;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Stores the time of the platform. */
  readonly clock: PlatformClock;
}

/** Sends one request to a collection, in the same way as an ingest function. */
export async function askPage(
  collection: Collection,
  question: PageQuestion,
  { baseUrl, credential, fetch, now, clock }: Asking,
): Promise<Observation> {
  const url = new URL(`${baseUrl.pathname.replace(/\/$/, '')}${collection.path}`, baseUrl);
  for (const [name, value] of Object.entries(createParameters(collection, question)))
    url.searchParams.set(name, String(value));
  const place = `${url.origin}${url.pathname}`;
  const began = now();
  try {
    const response = await fetch(url, {
      headers: { authorization: createAuthorization(credential), accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const { status, headers } = response;
    const isSimulated = hasSimulatedClock(url, headers);
    clock.observe(headers.get('date'), began, isSimulated);
    const body = await readBody(response, clock.now());
    return { question, place, status, headers, at: now(), took: now() - began, hasSimulatedClock: isSimulated, body };
  } catch (error) {
    const body = { kind: 'unreachable', message: classifyNetworkError(error, place).error.message } as const;
    const nothing = { status: null, headers: new Headers(), hasSimulatedClock: false };
    return { question, place, ...nothing, at: now(), took: now() - began, body };
  }
}

async function readBody(response: Response, at: number): Promise<ObservedBody> {
  try {
    const text = await readText(response);
    if (response.status === 204) return { kind: 'page', page: createEmptyPage(at), bytes: 0 };
    if (response.status !== 200) return { kind: 'refused' };
    const parsed = parsePage(response.headers, text, at);
    if ('page' in parsed) return { kind: 'page', page: parsed.page, bytes: Buffer.byteLength(text) };
    return { kind: 'other', what: parsed.isInstead, start: text.trimStart().slice(0, 1) };
  } catch (error) {
    if (error instanceof AnswerTooLargeError) return { kind: 'oversized' };
    if (error instanceof AnswerEncodingError)
      return { kind: 'other', what: 'bytes that are no text in their character encoding', start: '' };
    throw error;
  }
}

function createParameters({ endpoints }: Collection, { page, per, from, until }: PageQuestion) {
  const source = endpoints[0]?.source;
  if (source?.kind !== 'tail') return createPageParameters(page, 'id', per);
  return {
    ...createPageParameters(page, source.cursor, per),
    ...(from !== undefined && { [`${source.cursor}[from]`]: isoTime(from) }),
    ...(until !== undefined && { [`${source.cursor}[to]`]: isoTime(until) }),
  };
}
