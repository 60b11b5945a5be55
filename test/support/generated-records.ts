import type { Column, Endpoint, SqlType } from '../../catalog/index.ts';
import { ENDPOINTS } from '../../catalog/index.ts';
import type { Row } from './fake-platform.ts';

const MINUTE = 60_000;

/** Values of each type; another number gives another value. */
const VALUES: Readonly<Record<SqlType, (number: number) => unknown>> = {
  bigint: (number) => 7_000 + number,
  double: (number) => number + 0.25,
  boolean: (number) => number % 2 === 0,
  varchar: (number) => `text ${number}`,
  timestamp: (number) => new Date(Date.UTC(2026, 2, 2, 10, number)).toISOString(),
  json: (number) => [{ index: number }],
};

/** A value as JSON has it, different for each number. */
export const generateValue = ({ type }: Pick<Column, 'type'>, number: number): unknown => VALUES[type](number);

/** Puts a value at a path such as `status.id` or `assignees[].id`; a list gets one element. */
export function putAt(record: Row, path: string, value: unknown): void {
  const [step = '', ...rest] = path.split('.');
  const key = step.replace('[]', '');
  const known: unknown = record[key];
  const isList = step.endsWith('[]');
  const inner = rest.length === 0 ? value : { ...Object(isList && Array.isArray(known) ? known[0] : known) };
  if (rest.length > 0) putAt(inner, rest.join('.'), value);
  record[key] = isList ? [inner] : inner;
}

/**
 * A record of an endpoint, made of its columns: a value of each column's type at its first path, and what is nested in it.
 * @param id also tells other values apart
 * @param at time of its cursor, milliseconds; it began an hour before, and is closed
 */
export function generateRecord(endpoint: Endpoint, id: number, at: number): Row {
  const { columns, key, source } = endpoint;
  const record: Row = {};
  for (const [number, [name, column]] of Object.entries(columns).entries())
    putPath(record, column, key.includes(name) && column.type === 'bigint' ? id : generateValue(column, id + number));
  if (source.kind === 'tail') {
    for (const field of [source.eventTime, source.openUntil].filter((each) => each !== undefined))
      record[field] = new Date(at - 60 * MINUTE).toISOString();
    record[source.cursor] = new Date(at).toISOString();
  }
  if (source.kind === 'snapshot' && source.children !== undefined) record[source.children] = [];
  for (const { child, path } of nestedIn(endpoint)) putAt(record, path, generateRecord(child, id, at));
  return record;
}

function putPath(record: Row, { paths }: Column, value: unknown): void {
  const path = (paths[0] ?? '').replace('$.', '');
  // what begins with an underscore is added by ingestion
  if (!path.startsWith('_')) putAt(record, path, value);
}

/** Endpoints whose records lie in those of another, with each place. */
const nestedIn = ({ name }: Endpoint) =>
  ENDPOINTS.flatMap((child) =>
    child.source.kind !== 'nested'
      ? []
      : child.source.parents
          .filter(({ endpoint }) => endpoint === name)
          .flatMap(({ paths }) => paths.map((path) => ({ child, path }))),
  );
