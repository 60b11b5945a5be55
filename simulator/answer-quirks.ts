import type { Quirks } from './quirks.ts';
import { HOUR } from './time.ts';

/** An answer of the API. The key of a header is written as here: `Total`, `Per-Page`, `Link`, `Date`, `Retry-After`. */
export interface QuirkyAnswer {
  readonly status: number;
  /** UTF-8. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What an answer was asked for. */
export interface ListRequest {
  readonly page: number;
  readonly per: number;
  /** Records on the page. */
  readonly ids: readonly number[];
  /** Whether more records follow. */
  readonly hasMore: boolean;
}

/** The records of a collection that no page can have. */
export interface Spoiled {
  readonly isPoison: (id: number) => boolean;
  readonly isBroken: (id: number) => boolean;
}

/** One answer in this number has the quirk. */
const EVERY = { 'clock-jump': 9, 'error-as-200': 7, 'long-retry-after': 40 } as const;

const TOTAL_OFF = 100;

/** Makes answers wrong, in the order in which they are given. */
export class AnswerQuirks {
  readonly #quirks: Quirks;
  #given = 0;

  constructor(quirks: Quirks) {
    this.#quirks = quirks;
  }

  /** The answer with a page of a list, made wrong. */
  list(answer: QuirkyAnswer, { page, per, ids, hasMore }: ListRequest, { isPoison, isBroken }: Spoiled): QuirkyAnswer {
    const quirks = this.#quirks;
    if (quirks.has('deep-pages-refused') && page * per > quirks.sizes.deepest) return problem(400, 'page is too deep');
    if (ids.some(isPoison)) return problem(500, 'something went wrong');
    if (quirks.has('no-content') && ids.length === 0 && !hasMore)
      return { status: 204, body: Buffer.alloc(0), headers: {} };
    const headers = alterHeaders(quirks, answer.headers, ids.length < per && hasMore);
    if (!ids.some(isBroken)) return { ...answer, headers };
    return { ...answer, headers, body: breakJson(answer.body, quirks.draw('broken-json', 0) < 0.5) };
  }

  /** Any answer, made wrong from time to time. @param now platform time, milliseconds */
  any(answer: QuirkyAnswer, now: number): QuirkyAnswer {
    this.#given += 1;
    if (this.#isTurnOf('long-retry-after'))
      return {
        ...problem(429, 'rate limit exceeded'),
        headers: { 'Retry-After': String(this.#quirks.sizes.retryAfter) },
      };
    if (this.#isTurnOf('error-as-200')) {
      const isHtml = this.#quirks.draw('error-as-200', this.#given) < 0.3;
      const body = isHtml ? '<html><body>Maintenance</body></html>' : JSON.stringify({ error: 'try again later' });
      return { status: 200, body: Buffer.from(body), headers: {} };
    }
    if (!this.#isTurnOf('clock-jump')) return answer;
    const hours = 2 + Math.floor(70 * this.#quirks.draw('clock-jump', this.#given));
    const date = now + (this.#quirks.draw('clock-jump', -this.#given) < 0.5 ? hours : -hours) * HOUR;
    return { ...answer, headers: { ...answer.headers, Date: new Date(date).toUTCString() } };
  }

  #isTurnOf(name: keyof typeof EVERY): boolean {
    const first = Math.floor(EVERY[name] * this.#quirks.draw(name, 0));
    return this.#quirks.has(name) && this.#given % EVERY[name] === first;
  }
}

function alterHeaders(quirks: Quirks, headers: QuirkyAnswer['headers'], isShort: boolean): QuirkyAnswer['headers'] {
  const { Total, Link, 'Per-Page': perPage, ...others } = headers;
  const hasTotal = !quirks.has('total-missing') && !quirks.has('link-only');
  // without a Link nothing would say that more follows an empty page
  const hasLink = !quirks.has('link-missing') || quirks.has('link-only') || isShort;
  const total = quirks.has('total-off') ? String(Math.max(0, Number(Total) - TOTAL_OFF)) : Total;
  return {
    ...others,
    ...(Total !== undefined && total !== undefined && hasTotal && { Total: total }),
    ...(perPage !== undefined && !quirks.has('link-only') && { 'Per-Page': perPage }),
    ...(Link !== undefined && hasLink && { Link }),
  };
}

/** A line break inside a text, or half of the page. */
function breakJson(body: Buffer, isCut: boolean): Buffer {
  if (isCut) return body.subarray(0, Math.floor(body.length / 2));
  return Buffer.from(body.toString().replace('":"', '":"\n'));
}

const problem = (status: number, message: string): QuirkyAnswer => ({
  status,
  body: Buffer.from(JSON.stringify({ error: 'error', message })),
  headers: {},
});
