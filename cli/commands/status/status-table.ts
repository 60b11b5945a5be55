import type { EndpointStatus } from '../../../lambdas/ledger/endpoint-status.ts';
import type { RunRecord } from '../../deployment/run-history.ts';
import type { Schedule } from '../../deployment/schedules.ts';
import { formatTable } from '../../terminal/text-table.ts';

/** A status to show. A folder has no schedules. */
export interface ShownStatus extends EndpointStatus {
  readonly runs: readonly RunRecord[];
  readonly schedule?: Schedule | null;
  readonly nextRun?: string | null;
}

const COLUMNS = [
  'tenant',
  'endpoint',
  'cursor',
  'lag',
  'last run',
  'outcome',
  'cont.',
  'records',
  'batches',
  'quarantined',
  'unreadable',
  'lease until',
];

/** Tenant and endpoint. */
const KEYS = 2;

const RUN_COLUMNS = [
  'tenant',
  'endpoint',
  'nominal time',
  'committed',
  'records',
  'batches',
  'requests',
  'quarantined',
];

/** Formats statuses as a table, then the last runs if they were read, then the errors. */
export function formatStatus(statuses: readonly ShownStatus[]): string {
  const isScheduled = statuses.some(({ schedule }) => schedule !== undefined);
  const rows = statuses.map((status) => [...cellsOf(status), ...(isScheduled ? [nextOf(status)] : [])]);
  const runs = statuses.flatMap((status) => status.runs.map((run) => runCells(status, run)));
  const failures = statuses.flatMap(({ tenant, endpoint, lastRun }) =>
    lastRun?.error === undefined ? [] : [`${tenant} ${endpoint}: ${lastRun.error}\n`],
  );
  return [
    formatTable([...COLUMNS, ...(isScheduled ? ['next run'] : [])], rows, KEYS),
    runs.length === 0 ? '' : formatTable(RUN_COLUMNS, runs, KEYS),
    ...failures,
    ...statuses.flatMap(describeOdd),
  ].join('');
}

function cellsOf(status: ShownStatus): unknown[] {
  const { tenant, endpoint, cursor, lagSeconds, lastRun, records, seq, quarantined, unreadable, leaseUntil } = status;
  const lag = lagSeconds === null ? '-' : formatDuration(lagSeconds);
  const run = [lastRun?.startedAt ?? '-', lastRun?.outcome ?? '-', lastRun?.continuation ?? '-'];
  return [
    tenant,
    endpoint,
    cursor ?? '-',
    lag,
    ...run,
    records,
    seq,
    quarantined,
    unreadable.length,
    leaseUntil ?? '-',
  ];
}

/** Warnings of the last run, and records that the platform cannot deliver. */
function describeOdd({ tenant, endpoint, lastRun, unreadable }: ShownStatus): string[] {
  const records = unreadable.map(
    ({ place, reason, firstSeen, tries, retryAt }) =>
      `${place} is unreadable since ${firstSeen} (${tries} tries, next after ${retryAt}): ${reason}`,
  );
  return [...(lastRun?.warnings ?? []), ...records].map((text) => `${tenant} ${endpoint}: ${text}\n`);
}

function nextOf({ schedule, nextRun }: ShownStatus): string {
  if (schedule == null) return 'switched off';
  return schedule.state === 'DISABLED' ? 'disabled' : (nextRun ?? '?');
}

const runCells = ({ tenant, endpoint }: ShownStatus, run: RunRecord) => [
  tenant,
  endpoint,
  run.scheduledTime,
  run.committedAt,
  run.records,
  run.batches,
  run.requests,
  run.quarantined,
];

/** A duration in its two largest units, e.g. `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [Math.floor(seconds % 60), 's'],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  if (first === -1) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([number]) => number > 0);
  return shown.map(([number, unit]) => `${number} ${unit}`).join(' ');
}
