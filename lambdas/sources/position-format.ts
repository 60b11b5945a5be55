import { checkFormat } from '../common/format-version.ts';
import { isObject } from '../common/json.ts';

/**
 * Checks the format of a source's position before it is read.
 * @param newest newest format that this release reads
 * @throws ConfigurationError if a newer release wrote it
 */
export function checkPosition(position: unknown, newest: number, endpoint: string): void {
  checkFormat(isObject(position) ? position.formatVersion : undefined, newest, `cursor position of ${endpoint}`);
}
