import {
  ConfigurationError,
  CredentialError,
  type IngestError,
  OversizedAnswerError,
  RateLimitedError,
  RefusedRequestError,
  TransientError,
  UnreadableError,
} from '../common/errors.ts';

/** A failed attempt: the error to throw in the end, and how often and when it is worth another try. */
export interface Failure {
  readonly error: IngestError;
  /** Attempts in all before giving up. */
  readonly attempts: number;
  /** Milliseconds the platform asked us to wait; null if it did not. */
  readonly waitFor: number | null;
}

const once = (error: IngestError): Failure => ({ error, attempts: 1, waitFor: null });
const again = (error: IngestError, attempts = 6): Failure => ({ error, attempts, waitFor: null });

/** Judges an HTTP status other than 200 and 401. */
export function classifyStatus(status: number, place: string, waitFor: number | null): Failure {
  switch (true) {
    case status === 429:
      return {
        error: new RateLimitedError(
          `${place} answered 429: the tenant's request rate is used up; lower requestsPerSecond or slow other integrations down`,
        ),
        attempts: 10,
        waitFor,
      };
    case status === 403:
      return once(
        new CredentialError(
          `${place} answered 403: the credential may not read this; check the role of the API credential and the tenant's IP allow list`,
          status,
        ),
      );
    case status === 404:
      return once(
        new ConfigurationError(
          `${place} answered 404: check the subdomain, the domain and the path prefix of the base URL`,
          status,
        ),
      );
    case status === 402:
      return once(
        new ConfigurationError(
          `${place} answered 402: ask the platform's operator what the tenant's plan includes`,
          status,
        ),
      );
    case status >= 300 && status < 400:
      return once(
        new ConfigurationError(
          `${place} answered ${status}, a redirect, which is not followed with a credential: check the base URL`,
        ),
      );
    case status === 408 || status >= 500:
      return {
        ...again(
          new UnreadableError(
            `${place} answered ${status} again and again: the platform has a problem; the next run continues from here`,
          ),
        ),
        waitFor,
      };
    default:
      return once(new RefusedRequestError(`${place} answered ${status}: the platform does not accept this request`));
  }
}

/** Judges a request that got no usable answer: no connection, time-out, connection lost. */
export function classifyNetworkError(error: unknown, place: string): Failure {
  const proxy = readProxy(error);
  const code = networkCode(proxy === undefined || !(error instanceof Error) ? error : error.cause);
  const text = `${place} cannot be read (${code})`;
  if (proxy !== undefined)
    return again(
      new TransientError(
        `${place} cannot be read through the proxy ${proxy} (${code}): check HTTPS_PROXY and NO_PROXY, whether the proxy admits ` +
          'this host, and NODE_EXTRA_CA_CERTS if the host or the proxy uses a private certificate authority',
      ),
      3,
    );
  if (code === 'ENOTFOUND' || code === 'ECONNREFUSED')
    return again(new TransientError(`${text}: check the host name in the base URL and the network`), 3);
  if (code === 'time-out')
    return again(new UnreadableError(`${text}: the platform did not answer in time again and again`), 3);
  return again(new TransientError(`${text}: the connection failed again and again; the next run continues from here`));
}

/** Judges a 200 whose body is not what the API promises. */
export function classifyBodyError(what: string, place: string): Failure {
  return again(
    new UnreadableError(
      `${place} answered 200 with ${what} instead of a JSON array, again and again; check the base URL and the platform`,
    ),
    4,
  );
}

/** An answer that exceeds the maximum number of bytes. Repeating the request does not help; requesting fewer records does. */
export const classifyTooLarge = (place: string, limit: number): Failure =>
  once(
    new OversizedAnswerError(
      `${place} answered with more than ${Math.round(limit / 1e6)} MB: ask the platform's support about records of that size`,
    ),
  );

/** The proxy that a request used; undefined without a proxy. */
const readProxy = (error: unknown): string | undefined =>
  error instanceof Error && 'proxy' in error && typeof error.proxy === 'string' ? error.proxy : undefined;

function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'time-out';
  const cause: unknown = error.cause;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
    return cause.code;
  return cause instanceof Error ? cause.message : error.message;
}
