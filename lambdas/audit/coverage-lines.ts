import { isoTime } from '../../catalog/timestamp.ts';
import type { Lake } from '../lake/lake.ts';
import { createLakeObjects, type Line } from '../lake/lake-objects.ts';
import { dayOfWindow } from './audit-window.ts';
import { judgeWindow, type WindowResult } from './window-result.ts';

/** Maximum number of ids in a line. The counts are exact. */
const MAX_IDS = 1_000;

/** An audit that has ended. */
export interface AuditRun {
  readonly tenant: string;
  /** Id of the run. */
  readonly run: string;
  /** When it compared (UTC), milliseconds. */
  readonly checkedAt: number;
}

/**
 * Writes results into the lake, one object per endpoint and day. Writing them again produces the same keys.
 * Lines are only ever added: the view `coverage` shows the newest result of each window.
 */
export async function writeCoverage(
  lake: Pick<Lake, 'put'>,
  { tenant, run, checkedAt }: AuditRun,
  results: readonly WindowResult[],
): Promise<void> {
  const seq = Math.floor(checkedAt / 1000);
  const checked = isoTime(checkedAt);
  for (const [endpoint, ofEndpoint] of Map.groupBy(results, (result) => result.endpoint)) {
    const lines = ofEndpoint.flatMap((result) => formatResult(result, { run, checked_at: checked }));
    for (const { key, body } of createLakeObjects({ zone: 'coverage', endpoint, tenant, seq }, lines))
      await lake.put(key, body);
  }
}

function formatResult(result: WindowResult, added: Line['added']): Line[] {
  const dt = dayOfWindow(result);
  const { part, countedBy, platformCount, lakeCount, missing, healed, missingUpstream, setAside, changed, reason } =
    result;
  const window = {
    part,
    window_from: isoTime(result.from),
    window_until: isoTime(result.until),
    state: judgeWindow(result),
    counted_by: countedBy,
    platform_count: platformCount,
    lake_count: lakeCount,
    missing: missing.length,
    healed,
    missing_upstream: missingUpstream.length,
    set_aside: setAside,
    changed,
    reason,
    missing_ids: missing.slice(0, MAX_IDS),
  };
  const marks = [
    ...missingUpstream.map((id) => ({ upstream_id: id, is_shown: false })),
    ...result.shownAgain.map((id) => ({ upstream_id: id, is_shown: true })),
  ];
  return [window, ...marks].map((line) => ({ dt, json: JSON.stringify(line), added }));
}
