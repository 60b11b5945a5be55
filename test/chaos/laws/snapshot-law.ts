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
  const { path, children } = source;
  const rows =
    children === undefined
      ? platform
          .collection(path)
          ?.readable()
          .map(({ text }) => text)
      : nodes(platform.tree(path) ?? [], children);
  const expected = new Set(rows ?? []);
  for (const text of expected) if (!shown.has(text)) report('newest', text, 'is not in the newest snapshot');
  for (const text of shown)
    if (!expected.has(text)) report('newest', text, 'is in the newest snapshot but not on the platform');
}

/** One text per node, depth first, as it should lie in the lake. */
function nodes(tree: readonly Json[], children: string, path: readonly unknown[] = []): string[] {
  return tree.flatMap(({ [children]: inner, ...node }) => {
    const own = [...path, node.id];
    const below: Json[] = Array.isArray(inner) ? inner : [];
    return [JSON.stringify({ ...node, _path: own, _level: path.length }), ...nodes(below, children, own)];
  });
}
