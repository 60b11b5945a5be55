export { curatedFreshnessView } from './curated-freshness-view.ts';
export {
  type AthenaStatements,
  athenaStatements,
  DAYS_PLACE,
  mergeStatement,
  TENANT_PLACE,
} from './curated-statements.ts';
export { type CuratedTable, curatedTables } from './curated-tables.ts';
export { loadNamedQueries, type NamedQuery } from './named-queries.ts';
export { dayAfter, isDay, isZone, type Parameter, ParameterError, withParameters } from './parameters.ts';
export { type Partition, type RawTable, rawTables } from './raw-tables.ts';
export type { View, ViewColumn } from './view.ts';
export { views } from './views.ts';
