export { curatedFolder } from './curated-views.ts';
export { LakeNotFoundError, QueryError } from './errors.ts';
export type { JsonValue } from './json-values.ts';
export { callDays, lastDay } from './lake-days.ts';
export { openWarehouse } from './open-warehouse.ts';
export { quoted } from './raw-views.ts';
export type { QueryResult, ResultColumn, Warehouse } from './warehouse.ts';
