import { hash } from 'node:crypto';
import { FACT_TABLES } from '../../catalog/fact-columns.ts';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { createViews } from '../all-views.ts';
import type { View, ViewColumn } from '../views/view.ts';

/** A columnar table with the rows of a view: the newest version of each record. */
export interface CuratedTable {
  /** E.g. `curated_call`. */
  readonly name: string;
  /** The view whose rows it has. */
  readonly view: string;
  readonly description: string;
  readonly columns: readonly ViewColumn[];
  /** Key columns. None is NULL. */
  readonly key: readonly string[];
  /** Folder in the lake, without a slash at the end. */
  readonly prefix: string;
  /** Endpoints whose batches bring rows, and their zone of the lake. */
  readonly endpoints: readonly string[];
  readonly zone: 'raw' | 'segments';
  /** Digest of the columns. A table with another digest is recreated. */
  readonly shape: string;
}

/** Partition columns. A filter on them limits what is read. All versions of a record are in one partition. */
export const CURATED_PARTITIONS = ['tenant', 'dt'] as const;

/** Every curated table. */
export function listCuratedTables(): CuratedTable[] {
  const known = new Map(createViews().map((view) => [view.name, view]));
  const curated = ENDPOINTS.filter((endpoint) => endpoint.curated);
  const sessions = curated.filter(({ channel }) => channel !== undefined);
  return [
    ...curated.flatMap((endpoint) => [
      curatedTable([endpoint], 'raw', endpoint.name, known, keyOf(endpoint)),
      ...(endpoint.segmentMetrics ? [curatedTable([endpoint], 'segments', 'call_segments', known, ['call_id'])] : []),
    ]),
    ...FACT_TABLES.map(({ name, key }) =>
      curatedTable(sessions, 'segments', name, known, ['channel', 'session_id', ...key]),
    ),
  ];
}

/** A nested record is identified by its place in the parent, because it may have no id or an id that is not unique. */
const keyOf = ({ key, source }: Endpoint): readonly string[] =>
  source.kind === 'nested' ? ['parent_type', 'parent_id', 'parent_path'] : key;

function curatedTable(
  endpoints: readonly Endpoint[],
  zone: CuratedTable['zone'],
  name: string,
  views: ReadonlyMap<string, View>,
  key: readonly string[],
): CuratedTable {
  const view = views.get(name);
  if (view === undefined) throw new Error(`there is no view ${name} to curate`);
  return {
    name: `curated_${view.name}`,
    view: view.name,
    description: `${view.description} A columnar copy, updated every hour.`,
    columns: view.columns,
    key: [...CURATED_PARTITIONS, ...key],
    prefix: `curated/${view.name}`,
    endpoints: endpoints.map((endpoint) => endpoint.name),
    zone,
    shape: hash('sha1', JSON.stringify([view.columns.map(({ name, type }) => [name, type]), key]), 'hex').slice(0, 8),
  };
}
