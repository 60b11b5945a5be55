import type { AuditSummary } from '../../../lambdas/audit/audit-summary.ts';
import { dayOfWindow } from '../../../lambdas/audit/audit-window.ts';
import { judgeWindow, type WindowResult } from '../../../lambdas/audit/window-result.ts';
import { count } from '../../terminal/counting.ts';
import { formatTable } from '../../terminal/text-table.ts';

const COLUMNS = ['endpoint', 'part', 'day', 'counted by', 'expected', 'in lake', 'missing', 'healed', 'state'];

/** Maximum number of ids in a sentence. */
const MAX_NAMED = 20;

/** Formats one row per endpoint, part and day. */
export function formatResults(results: readonly WindowResult[]): string {
  const rows = results.map((result) => [
    result.endpoint,
    result.part,
    dayOfWindow(result),
    result.countedBy ?? '-',
    result.platformCount ?? '-',
    result.lakeCount ?? '-',
    result.missing.length,
    result.healed,
    judgeWindow(result),
  ]);
  return formatTable(COLUMNS, rows);
}

/** Names what is missing, what is missing upstream and what could not be compared: one sentence each. */
export function describeFindings(results: readonly WindowResult[]): string[] {
  const missing = listIds(results, ({ missing: ids }) => ids);
  const upstream = listIds(results, ({ missingUpstream: ids }) => ids);
  const reasons = new Set(
    results.flatMap(({ endpoint, reason }) => (reason === null ? [] : [`${endpoint}: not provable: ${reason}`])),
  );
  return [
    ...[...missing].map(([place, ids]) => `${place}: ${count(ids.length, 'record')} missing: ${nameIds(ids)}`),
    ...[...upstream].map(
      ([place, ids]) => `${place}: the platform no longer shows ${count(ids.length, 'record')}: ${nameIds(ids)}`,
    ),
    ...reasons,
  ];
}

/** Ids by endpoint and part. */
function listIds(
  results: readonly WindowResult[],
  idsOf: (result: WindowResult) => readonly string[],
): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const result of results) {
    const ids = idsOf(result);
    if (ids.length === 0) continue;
    const place = result.part === 'records' ? result.endpoint : `${result.endpoint} ${result.part}`;
    lists.set(place, [...(lists.get(place) ?? []), ...ids]);
  }
  return lists;
}

const nameIds = (ids: readonly string[]): string =>
  ids.length > MAX_NAMED ? `${ids.slice(0, MAX_NAMED).join(', ')} and ${ids.length - MAX_NAMED} more` : ids.join(', ');

/** E.g. `proven complete: 15 of 15 endpoints, 120 windows, 90 requests`. */
export function formatTotals({ proven, endpoints, windows, requests, missing, healed }: AuditSummary): string {
  const found = missing + healed;
  return [
    `proven complete: ${proven} of ${count(endpoints, 'endpoint')}`,
    count(windows, 'window'),
    count(requests, 'request'),
    ...(found > 0 ? [`${found} missing, ${healed} of them healed`] : []),
  ].join(', ');
}
