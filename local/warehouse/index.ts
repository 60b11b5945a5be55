export { LakeNotFoundError, QueryError } from './errors.ts';
export type { JsonValue } from './json-values.ts';
export { lastDay } from './last-day.ts';
export { openWarehouse } from './open-warehouse.ts';
export type { QueryResult, ResultColumn, Warehouse } from './warehouse.ts';
