import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { addDays } from '../../sql/queries/parameters.ts';
import type { Period } from './period.ts';
import { askQueries } from './report-answers.ts';
import { renderPage } from './report-page.ts';
import { copyViews } from './working-copy.ts';

export { createPeriod, type Period } from './period.ts';

/** Days before the period from which rows are copied, because a scheduled call or a long status may start earlier. */
const EARLIER_DAYS = 8;

/**
 * Writes the report of a tenant's period as one HTML text.
 * @throws QueryError if the lake cannot be read
 */
export async function createReport(warehouse: Warehouse, period: Period): Promise<string> {
  await copyViews(warehouse, {
    tenant: period.tenant,
    first: addDays(period.before, -EARLIER_DAYS),
    last: addDays(period.to, 1),
  });
  return renderPage(period, await askQueries(warehouse, period));
}
