import type { PortalReport } from '../../catalog/portal-report.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { addDays, fillParameters, ParameterError } from '../../sql/queries/parameters.ts';
import { UsageError } from '../terminal/failure.ts';
import type { HereRow } from './portal-rows.ts';

/** What every portal query is asked for. */
interface Scope {
  readonly tenant: string;
  readonly channel: string;
  readonly zone: string;
  readonly from: string;
  readonly to: string;
}

/** The rows of a query, and the parameters that were set. */
export interface PortalAnswer {
  readonly rows: readonly HereRow[];
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Runs the named query of a report. If its rows are single things, the day before and after the period are read too, because the
 * portal does not say which of their times puts them on a day.
 * @throws UsageError if a parameter is unknown or invalid
 */
export async function askPortalQuery(
  warehouse: Warehouse,
  report: PortalReport,
  scope: Scope,
  given: Readonly<Record<string, string>>,
): Promise<PortalAnswer> {
  const query = (await loadNamedQueries()).find(({ name }) => name === `portal-${report.name}`);
  if (query === undefined) throw new Error(`the report ${report.name} has no named query`);
  const around = report.isDetailed && report.columns.started_at?.kind === 'time' ? 1 : 0;
  const period = { from: addDays(scope.from, -around), to: addDays(scope.to, around) };
  const known = new Set(query.parameters.map(({ name }) => name));
  const values = Object.entries({ ...scope, ...period }).filter(([name]) => known.has(name));
  try {
    const sql = fillParameters(query, { ...Object.fromEntries(values), ...given });
    return { rows: (await warehouse.query(sql)).rows, parameters: given };
  } catch (error) {
    throw error instanceof ParameterError ? new UsageError(`--param: ${error.message}`) : error;
  }
}
