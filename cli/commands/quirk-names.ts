import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { isQuirkName, QUIRK_NAMES, type QuirkName } from '../../simulator/quirks.ts';
import { UsageError } from '../terminal/failure.ts';

/** Parses one of several quirks of a simulated platform. @throws UsageError that suggests the nearest name */
export function addQuirk(name: string, previous: readonly QuirkName[] = []): readonly QuirkName[] {
  if (isQuirkName(name)) return [...previous, name];
  throw new UsageError(
    `there is no quirk "${name}"; ${suggestName(name, QUIRK_NAMES)}there are ${listNames(QUIRK_NAMES, 'ccaip simulate --help lists all', name)}`,
  );
}
