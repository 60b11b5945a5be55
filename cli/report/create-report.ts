import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { dayAfter } from '../../sql/queries/parameters.ts';
import type { Period } from './period.ts';
import { answersOf } from './report-answers.ts';
import { pageOf } from './report-page.ts';
import { copyViews } from './working-copy.ts';

export { type Period, periodOf } from './period.ts';

/** A scheduled call, or a status that lasts, may begin so many days before the period that it counts in. */
const EARLIER_DAYS = 7;

/**
 * Writes the report of a tenant's period as one HTML text.
 * @throws QueryError if the lake cannot be read
 */
export async function createReport(warehouse: Warehouse, period: Period): Promise<string> {
  await copyViews(warehouse, {
    tenant: period.tenant,
    first: dayAfter(period.before, -EARLIER_DAYS),
    last: dayAfter(period.to, 1),
  });
  return pageOf(period, await answersOf(warehouse, period));
}
