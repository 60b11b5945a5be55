import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { addDays } from '../../sql/queries/parameters.ts';
import type { Period } from './period.ts';
import { askQueries } from './report-answers.ts';
import { renderPage } from './report-page.ts';
import { copyViews } from './working-copy.ts';

export { createPeriod, type Period } from './period.ts';

/** A scheduled call, or a status that lasts, may begin so many days before the period that it counts in. */
const EARLIER_DAYS = 7;

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
