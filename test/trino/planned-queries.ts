import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { createViews } from '../../sql/all-views.ts';
import type { NamedQuery } from '../../sql/queries/named-queries.ts';
import { VERSION } from './engine/distribution.ts';

const FILE = join(import.meta.dirname, 'planned-queries.json');

/** Digests of the SQL of queries that Trino planned within its maximum number of stages, with the views that they name. */
const plannedSchema = z.record(z.string(), z.string());

/** Digest of all that a plan depends on: the query, the views, and Trino. */
const digest = ({ sql }: NamedQuery): string =>
  hash('sha256', JSON.stringify([VERSION, sql, createViews().map((view) => view.sql)])).slice(0, 16);

/** Whether Trino has planned exactly this query before. Planning takes longer than running a query. */
export const isPlanned = (query: NamedQuery): boolean =>
  plannedSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')))[query.name] === digest(query);

/** Remembers queries that Trino has planned. */
export function writePlanned(queries: readonly NamedQuery[]): void {
  const planned = Object.fromEntries(queries.map((query) => [query.name, digest(query)]).sort());
  writeFileSync(FILE, `${JSON.stringify(planned, null, 2)}\n`);
}
