import { addDays } from '../../sql/queries/parameters.ts';

/** What a report is about; the names are those of the named queries' parameters. */
export interface Period {
  readonly tenant: string;
  /** First day of the period before, which is as long. */
  readonly before: string;
  /** First day, YYYY-MM-DD. */
  readonly from: string;
  /** Last day. */
  readonly to: string;
  /** Time zone of the days. */
  readonly zone: string;
}

const DAY = 86_400_000;
const USUAL_DAYS = 28;

/** The days from the first to the last, both counted. */
export const countDays = ({ from, to }: Pick<Period, 'from' | 'to'>): number =>
  (Date.parse(to) - Date.parse(from)) / DAY + 1;

/**
 * Completes a period: the last four weeks of data, or the later half of the data if there are less than eight, so that there is
 * a period before to compare with.
 * @param data first and last day of which there is data
 */
export function createPeriod(
  given: { readonly tenant: string; readonly zone: string; readonly from?: string; readonly to?: string },
  data: { readonly first: string; readonly last: string },
): Period {
  const to = given.to ?? data.last;
  const available = countDays({ from: data.first, to });
  const from = given.from ?? addDays(to, 1 - Math.max(1, Math.min(USUAL_DAYS, Math.floor(available / 2))));
  return { tenant: given.tenant, zone: given.zone, before: addDays(from, -countDays({ from, to })), from, to };
}
