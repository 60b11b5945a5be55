import { writeCoverage } from '../../../lambdas/audit/coverage-lines.ts';
import type { WindowResult } from '../../../lambdas/audit/window-result.ts';
import { type Centre, FIRST_DAY, type Row, startCentre, TENANT } from './simulated-centre.ts';

/** Days of the month. */
export const DAYS = 30;
/** Number of days that are read at once; the others are read one by one as they pass. */
const HISTORY = 24;

/** From this day on the platform's records have another shape. */
const DRIFT_FROM = dayOf(26);

/**
 * A month of a small contact centre, ingested: 24 days of history at once, then a run a day, so that calls come in several
 * versions and change after their end. Some records are broken, and the shape of calls and agents changes on the way.
 */
export async function ingestMonth(): Promise<Centre> {
  const centre = await startCentre({ seats: 4, days: DAYS, changed });
  for (let day = HISTORY; day <= DAYS; day++) await centre.until(day);
  await writeAudit(centre);
  return centre;
}

/** Results of two audits of two days: records were missing, and some are no longer at the platform. */
async function writeAudit({ ingestion }: Centre): Promise<void> {
  const windows = [20, 21].map((day): WindowResult => {
    const from = Date.parse(`${dayOf(day)}T00:00:00.000Z`);
    const nothing = { healed: 0, shownAgain: [], setAside: 1, changed: 0, reason: null, heal: [] };
    return {
      ...nothing,
      ...{ endpoint: 'call', part: 'records', countedBy: 'ids', from, until: from + 86_399_999 },
      ...{ platformCount: 20, lakeCount: 18, missing: ['7', '11', '12'], missingUpstream: [`${day}`, `${day + 100}`] },
    };
  });
  const checkedAt = Date.parse(`${dayOf(DAYS)}T02:00:00.000Z`);
  const healed = windows
    .slice(0, 1)
    .map((each) => ({ ...each, missing: [], healed: 3, shownAgain: ['1'], missingUpstream: [] }));
  await writeCoverage(ingestion.objects, { tenant: TENANT, run: 'first', checkedAt }, windows);
  await writeCoverage(ingestion.objects, { tenant: TENANT, run: 'second', checkedAt: checkedAt + 3_600_000 }, healed);
}

function dayOf(number: number): string {
  return new Date(Date.parse(FIRST_DAY) + (number - 1) * 86_400_000).toISOString().slice(0, 10);
}

function changed(path: string, row: Row, now: string): Row {
  const id = Number(row.id);
  switch (path) {
    case 'calls':
      // broken: the time of the event is unknown
      if (id % 89 === 0) return { ...row, created_at: 'yesterday' };
      return String(row.created_at) >= DRIFT_FROM ? driftedCall(row, id) : row;
    case 'agent_activity_logs':
      return id % 997 === 0 ? { ...row, id: `row ${id}` } : row;
    case 'agents':
      return now >= DRIFT_FROM ? { ...row, shoe_size: 40 + (id % 8), roles: 'agent' } : row;
    default:
      return row;
  }
}

/** Keys, types and words that were not there before. */
function driftedCall(row: Row, id: number): Row {
  const { lang: _gone, ...rest } = row;
  return {
    ...rest,
    sentiment: { score: id / 7, words: ['ok', null] },
    rating: id % 3 === 0 ? { stars: 5 } : row.rating,
    hold_duration: String(row.hold_duration ?? ''),
    status: id % 5 === 0 ? 'parked' : row.status,
    participants: id % 11 === 0 && Array.isArray(row.participants) ? row.participants[0] : row.participants,
  };
}
