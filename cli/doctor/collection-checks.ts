import type { Endpoint } from '../../catalog/index.ts';
import { parseEventTime } from '../../catalog/timestamp.ts';
import { isObject } from '../../lambdas/common/json.ts';
import { createPageParameters } from '../../lambdas/platform/client.ts';
import { type Credential, createAuthorization } from '../../lambdas/platform/credentials.ts';
import { classifyNetworkError, classifyStatus } from '../../lambdas/platform/failures.ts';
import { PAGE_SIZE } from '../../lambdas/platform/page.ts';
import { validate } from '../../lambdas/sources/validate.ts';
import { count } from '../terminal/counting.ts';
import { type Finding, reportOk, reportWarning, reportWrong, splitAdvice } from './finding.ts';

const TIMEOUT = 30_000;

/** A collection of the API: one path that serves one or more endpoints. */
export interface Collection {
  readonly path: string;
  readonly endpoints: readonly Endpoint[];
}

/** Result of a request for the first page of a collection. */
export interface Answer {
  readonly collection: Collection;
  readonly finding: Finding;
  /** HTTP status, or null if there was no answer. */
  readonly status: number | null;
  readonly headers: Headers;
  /** Time of the answer on our clock, and its duration, milliseconds. */
  readonly at: number;
  readonly took: number;
  readonly rows: readonly unknown[] | null;
}

export interface Question {
  readonly baseUrl: URL;
  readonly credential: Credential;
  /** Start of the range that tails are asked for, milliseconds since the epoch. */
  readonly from: number;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** Requests the first page of a collection once, in the same way as an ingest function. */
export async function askCollection(
  collection: Collection,
  { baseUrl, credential, from, fetch, now }: Question,
): Promise<Answer> {
  const url = new URL(`${baseUrl.pathname.replace(/\/$/, '')}${collection.path}`, baseUrl);
  for (const [name, value] of Object.entries(parseParameters(collection, from)))
    url.searchParams.set(name, String(value));
  const place = `${url.origin}${url.pathname}`;
  const began = now();
  const nothing = { collection, headers: new Headers(), status: null, at: began, took: 0, rows: null };
  const subject = collection.path;
  try {
    const response = await fetch(url, {
      headers: { authorization: createAuthorization(credential), accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const body = await response.text();
    const { status, headers } = response;
    const answer = { collection, headers, status, at: now(), took: now() - began };
    if (status !== 200) return { ...answer, rows: null, finding: refused(subject, status, place) };
    const rows = rowsOf(body);
    return {
      ...answer,
      rows,
      finding: rows === null ? noArray(subject, body) : judge(collection, rows, headers, from),
    };
  } catch (error) {
    const { found } = splitAdvice(classifyNetworkError(error, place).error.message);
    return {
      ...nothing,
      finding: reportWrong(subject, found, 'check the host and port of the base URL, and the network'),
    };
  }
}

function parseParameters({ endpoints }: Collection, from: number): Record<string, string | number> {
  const source = endpoints[0]?.source;
  if (source?.kind !== 'tail') return createPageParameters(1, 'id');
  return { ...createPageParameters(1, source.cursor), [`${source.cursor}[from]`]: new Date(from).toISOString() };
}

function refused(subject: string, status: number, place: string): Finding {
  if (status === 401)
    return reportWrong(
      subject,
      'the credential is refused (401)',
      'check the user name (the subdomain) and the API credential token',
    );
  const { found, todo } = splitAdvice(classifyStatus(status, place, null).error.message);
  if (status >= 500)
    return reportWrong(
      subject,
      `answered ${status}`,
      'try again later. If it persists, ask the operator of the platform',
    );
  return status === 429 ? reportWarning(subject, found, todo) : reportWrong(subject, found, todo);
}

const noArray = (subject: string, body: string): Finding =>
  reportWrong(
    subject,
    `answered 200 with ${/^\s*</.test(body) ? 'HTML' : body === '' ? 'nothing' : 'something else'} instead of a JSON array`,
    'check the path prefix of the base URL, which is usually /manager/api/v1',
  );

/** Judges the rows of a first page. */
function judge({ path, endpoints }: Collection, rows: readonly unknown[], headers: Headers, from: number): Finding {
  const total = headers.get('total');
  const size = `${count(rows.length, 'row')} on the first page${total === null ? '' : ` of ${total} in all`}`;
  if (rows.length > PAGE_SIZE)
    return reportWarning(
      path,
      `${size}, more than the ${PAGE_SIZE} requested`,
      'nothing to do. Pages of any size are read',
    );
  const disorder = disorderOf(endpoints, rows, from);
  if (disorder !== undefined)
    return reportWrong(
      path,
      `${size}, ${disorder}`,
      'ask the operator of the platform. A tail rejects such a page, because it could lose records',
    );
  const [reason, ...others] = endpoints.flatMap(({ schema }) =>
    rows.flatMap((row) => validate(schema, row).reason ?? []),
  );
  if (reason !== undefined)
    return reportWarning(
      path,
      `${size}, ${others.length + 1} of them would be quarantined (${reason})`,
      'after a run, see the view "quarantine": ccaip query "select reason, record from quarantine"',
    );
  return reportOk(path, size);
}

/** Finds what is wrong with the order of a tail's page. Returns undefined if nothing is. */
function disorderOf(endpoints: readonly Endpoint[], rows: readonly unknown[], from: number): string | undefined {
  const source = endpoints[0]?.source;
  if (source?.kind !== 'tail') return undefined;
  const times = rows.flatMap((row) => (isObject(row) ? (parseEventTime(row[source.cursor]) ?? []) : []));
  if (times.some((time, i) => time < (times[i - 1] ?? Number.NEGATIVE_INFINITY)))
    return `not in the requested order of ${source.cursor}`;
  if (times.some((time) => time < from)) return `some older than ${source.cursor}[from] allows`;
  return undefined;
}

function rowsOf(body: string): readonly unknown[] | null {
  try {
    const rows: unknown = JSON.parse(body);
    return Array.isArray(rows) ? rows : null;
  } catch {
    return null;
  }
}
