import { findEndpoint, type NestedParent } from '../../../catalog/index.ts';
import type { Json, Row } from '../platform/chaos-collection.ts';
import { groupBy, isMark, newest, type RawLine } from './lake-view.ts';
import type { Report } from './violation.ts';

/** Records inside others: those of the newest version of each parent are the ones the platform shows inside it. */
export function checkNested(
  parent: NestedParent,
  lines: readonly RawLine[],
  rows: readonly Row[],
  expects: (order: number) => boolean,
  report: Report,
): void {
  const isSnapshot = findEndpoint(parent.endpoint)?.source.kind === 'snapshot';
  const own = lines.filter(({ record }) => record._parent_type === parent.endpoint);
  const byParent = groupBy(own, ({ record }) => String(record._parent_id));
  for (const { id, order, shown: record } of rows) {
    if (!expects(order)) continue;
    const all = byParent.get(String(id)) ?? [];
    // as the views look at them: the partitions of calls and chats each alone, those of snapshots together
    const shown = [...groupBy(all, ({ dt }) => (isSnapshot ? '' : dt)).values()]
      .map((lines) => newest('_parent_updated_at', lines).filter((line) => !isMark(line)))
      .filter((lines) => lines.length > 0);
    if (shown.length > 1)
      report('newest', `${parent.endpoint} ${id}`, `has rows in ${shown.map(([line]) => line?.dt).join(' and ')}`);
    const found = new Set(shown.flat().map((line) => childText(line.record)));
    const expected = new Set(parent.paths.flatMap((path) => childrenAt(record, path, '')));
    const place = `${parent.endpoint} ${id}`;
    for (const child of expected) if (!found.has(child)) report('newest', place, `lacks ${child}`);
    for (const child of found) if (!expected.has(child)) report('newest', place, `shows ${child}, which is gone`);
    // without a separate row, a removed child would still be shown
    if (all.length === 0) report('complete', place, 'was never looked into');
  }
}

function childText({ _parent_type, _parent_id, _parent_updated_at, _parent_path, ...child }: Readonly<Json>): string {
  return `${_parent_path} ${JSON.stringify(child)}`;
}

/** Number of children of a parent, at all paths. */
export const countChildren = ({ paths }: NestedParent, record: Readonly<Json>): number =>
  paths.reduce((sum, path) => sum + childrenAt(record, path, '').length, 0);

/** Texts of the children at a path like `transfers[].to_agent`, each with its own path. */
function childrenAt(value: unknown, path: string, place: string): string[] {
  if (value === null || value === undefined) return [];
  // an empty object is not a child
  const text = JSON.stringify(value);
  if (path === '') return text === '{}' ? [] : [`${place} ${text}`];
  const [step = '', ...rest] = path.split('.');
  const key = step.replace('[]', '');
  const inner: unknown = Reflect.get(Object(value), key);
  const here = place === '' ? key : `${place}.${key}`;
  if (!step.endsWith('[]')) return childrenAt(inner, rest.join('.'), here);
  const elements: unknown[] = Array.isArray(inner) ? inner : [];
  return elements.flatMap((element, index) => childrenAt(element, rest.join('.'), `${here}[${index}]`));
}
