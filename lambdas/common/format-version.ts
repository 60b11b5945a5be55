import { ConfigurationError } from './errors.ts';

/**
 * Checks the format version of stored data before it is read.
 * @param found version of the stored data
 * @param newest newest format that this release reads; it reads all formats from 1 on
 * @param what name of the data, e.g. `checkpoint of acme call`
 * @throws ConfigurationError if another release wrote it in a format that this release does not know
 */
export function checkFormat(found: unknown, newest: number, what: string): void {
  if (typeof found === 'number' && Number.isInteger(found) && found >= 1 && found <= newest) return;
  throw new ConfigurationError(
    found === undefined
      ? `the ${what} has no format version: a release before 0.1.0 wrote it, and this release cannot read it; use a new state table or folder`
      : `the ${what} has format ${JSON.stringify(found)}, and this release reads formats up to ${newest}: deploy the release that wrote it, or a newer one`,
  );
}
