import { addDays } from '../../sql/queries/parameters.ts';

/** The period of a report. The names are those of the named queries' parameters. */
export interface Period {
  readonly tenant: string;
  /** First day of the previous period, which has the same length. */
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

/** Counts the days from the first to the last, both included. */
export const countDays = ({ from, to }: Pick<Period, 'from' | 'to'>): number =>
  (Date.parse(to) - Date.parse(from)) / DAY + 1;

/**
 * Completes a period. The default is the last four weeks of data, or the later half if there are less than eight weeks.
 * This leaves a previous period to compare with.
 * @param data first and last day with data
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
