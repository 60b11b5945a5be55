export { loadNamedQueries, type NamedQuery } from './named-queries.ts';
export { dayAfter, isDay, isZone, type Parameter, ParameterError, withParameters } from './parameters.ts';
export { type Partition, type RawTable, rawTables } from './raw-tables.ts';
export type { View, ViewColumn } from './view.ts';
export { views } from './views.ts';
