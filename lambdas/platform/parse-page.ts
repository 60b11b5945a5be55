import { parseJson, splitArray } from '../common/json.ts';
import { isLinkHeader, parseNextLink } from './link-header.ts';
import type { Page } from './page.ts';

/** A page, or what the body is instead of a JSON array. */
export type ParsedPage = { readonly page: Page } | { readonly isInstead: string };

/** Parses an answer 200. @param answeredAt platform time of the answer, milliseconds */
export function parsePage(headers: Headers, text: string, answeredAt: number): ParsedPage {
  let body: unknown;
  try {
    body = parseJson(text);
  } catch {
    return { isInstead: text === '' ? 'an empty body' : /^\s*</.test(text) ? 'HTML' : 'broken JSON' };
  }
  if (!Array.isArray(body)) return { isInstead: describeKind(body) };
  const link = headers.get('link');
  return {
    page: {
      rows: splitArray(body, text),
      total: parseCount(headers.get('total')),
      // we build the address of each page: the link only says that a page exists, and another host never gets the credential
      hasNext: link === null || !isLinkHeader(link) ? null : parseNextLink(link) !== null,
      perPage: parseCount(headers.get('per-page')),
      answeredAt,
    },
  };
}

/** The page of an answer 204. */
export const createEmptyPage = (answeredAt: number): Page => ({
  rows: [],
  total: null,
  hasNext: null,
  perPage: null,
  answeredAt,
});

/** Parses a count in a header; a malformed value is treated as not sent. */
const parseCount = (text: string | null): number | null =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;

const describeKind = (value: unknown) =>
  value === null ? 'null' : typeof value === 'object' ? 'a JSON object' : `a ${typeof value}`;
