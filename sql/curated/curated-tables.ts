import { hash } from 'node:crypto';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { createViews } from '../views/all-views.ts';
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
  /** Endpoint whose batches bring rows, and their zone of the lake. */
  readonly endpoint: string;
  readonly zone: 'raw' | 'segments';
  /** Digest of the columns. A table with another digest is recreated. */
  readonly shape: string;
}

/** Partition columns. A filter on them limits what is read. All versions of a record are in one partition. */
export const CURATED_PARTITIONS = ['tenant', 'dt'] as const;

/** Every curated table. */
export function listCuratedTables(): CuratedTable[] {
  const known = new Map(createViews().map((view) => [view.name, view]));
  return ENDPOINTS.filter(({ curated }) => curated).flatMap((endpoint) => [
    curatedTable(endpoint, 'raw', known.get(endpoint.name), keyOf(endpoint)),
    ...(endpoint.segmentMetrics ? [curatedTable(endpoint, 'segments', known.get('call_segments'), ['call_id'])] : []),
  ]);
}

/** A nested record is identified by its place in the parent, because it may have no id or an id that is not unique. */
const keyOf = ({ key, source }: Endpoint): readonly string[] =>
  source.kind === 'nested' ? ['parent_type', 'parent_id', 'parent_path'] : key;

function curatedTable(
  { name: endpoint }: Endpoint,
  zone: CuratedTable['zone'],
  view: View | undefined,
  key: readonly string[],
): CuratedTable {
  if (view === undefined) throw new Error(`${endpoint} has no view to curate`);
  return {
    name: `curated_${view.name}`,
    view: view.name,
    description: `${view.description} A columnar copy, updated every hour.`,
    columns: view.columns,
    key: [...CURATED_PARTITIONS, ...key],
    prefix: `curated/${view.name}`,
    endpoint,
    zone,
    shape: hash('sha1', JSON.stringify([view.columns.map(({ name, type }) => [name, type]), key]), 'hex').slice(0, 8),
  };
}
