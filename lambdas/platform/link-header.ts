/** Whether a text is a well-formed RFC 8288 `Link` header. A malformed one is treated as not sent. */
export const isLinkHeader = (header: string): boolean => /<[^>]*>\s*;\s*\w+\s*=/.test(header);

/**
 * Address of the next page from an RFC 8288 `Link` header.
 * @returns the address as written, or null if there is no `rel="next"`
 */
export function parseNextLink(header: string | null): string | null {
  if (header === null) return null;
  for (const match of header.matchAll(/<([^>]*)>([^<]*)/g)) {
    const [, address, parameters] = match;
    if (address !== undefined && /;\s*rel\s*=\s*"?[^";]*\bnext\b/i.test(parameters ?? '')) return address;
  }
  return null;
}
