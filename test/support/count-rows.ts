import { ENDPOINTS, findEndpoint, type SnapshotSource, type Source } from '../../catalog/index.ts';
import type { Row } from './fake-platform.ts';

/** Reads the collection of a path, e.g. `/calls`; empty if there is no such collection. */
type Read = (path: string) => readonly Row[];

/** How many rows the view of each endpoint has, as the catalog says where its records are. */
export function countRows(read: Read): Readonly<Record<string, number>> {
  return Object.fromEntries(ENDPOINTS.map(({ name, source }) => [name, countSource(source, read)]));
}

function countSource(source: Source, read: Read): number {
  switch (source.kind) {
    case 'tail':
      return read(source.path).length;
    case 'snapshot':
      return countElements(source, readNodes(source, read));
    case 'nested':
      return sum(source.parents, ({ endpoint, paths }) => {
        const parent = findEndpoint(endpoint)?.source;
        const records = parent === undefined ? [] : readNodes(parent, read);
        return sum(records, (record) => sum(paths, (path) => countAt(record, path)));
      });
  }
}

/** Rows of the view: one per record, or per element of a field. */
const countElements = ({ rowPer }: SnapshotSource, records: readonly Row[]): number =>
  rowPer === undefined ? records.length : sum(records, (record) => countAt(record, `${rowPer}[]`));

/** The records of a collection; of a tree every node. */
function readNodes(source: Source, read: Read): readonly Row[] {
  if (source.kind === 'nested') return [];
  const records = read(source.path);
  const children = source.kind === 'snapshot' ? source.children : undefined;
  return children === undefined ? records : records.flatMap((root) => nodes(root, children));
}

const nodes = (node: Row, children: string): Row[] => [
  node,
  ...elements(node[children]).flatMap((child) => nodes(child, children)),
];

/** Objects at a path such as `transfers[].to_agent`. */
function countAt(value: unknown, path: string): number {
  if (!isRecord(value)) return 0;
  if (path === '') return 1;
  const [step = '', ...rest] = path.split('.');
  const inner = value[step.replace('[]', '')];
  return sum(step.endsWith('[]') ? elements(inner) : [inner], (one) => countAt(one, rest.join('.')));
}

/** The objects of a list; the API sends a list of one as a single object, too. */
const elements = (value: unknown): Row[] => (Array.isArray(value) ? value : [value]).filter(isRecord);

const isRecord = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

const sum = <T>(items: readonly T[], count: (item: T) => number): number =>
  items.reduce((total, item) => total + count(item), 0);
