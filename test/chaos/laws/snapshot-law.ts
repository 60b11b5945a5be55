import type { SnapshotSource } from '../../../catalog/index.ts';
import type { Json } from '../platform/chaos-collection.ts';
import type { Platform } from '../platform/chaos-platform.ts';
import { newest, type RawLine } from './lake-view.ts';
import type { Report } from './violation.ts';

/** A whole collection: the newest snapshot holds the platform's rows and no others. */
export function checkSnapshot(
  source: SnapshotSource,
  lines: readonly RawLine[],
  platform: Platform,
  report: Report,
): void {
  const shown = new Set(
    newest(null, lines)
      .filter(({ record }) => record._none !== true)
      .map(({ text }) => text),
  );
  const rows =
    source.children === undefined
      ? platform
          .collection(source.path)
          ?.rows()
          .map(({ text }) => text)
      : nodes(platform.tree());
  const expected = new Set(rows ?? []);
  for (const text of expected) if (!shown.has(text)) report('newest', text, 'is not in the newest snapshot');
  for (const text of shown)
    if (!expected.has(text)) report('newest', text, 'is in the newest snapshot but not on the platform');
}

/** One text per team, depth first, as it should lie in the lake. */
function nodes(teams: readonly Json[], path: readonly unknown[] = []): string[] {
  return teams.flatMap(({ children, ...team }) => {
    const own = [...path, team.id];
    const below: Json[] = Array.isArray(children) ? children : [];
    return [JSON.stringify({ ...team, _path: own, _level: path.length }), ...nodes(below, own)];
  });
}
