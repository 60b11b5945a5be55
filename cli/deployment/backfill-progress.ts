import type { TimeRange } from '../../lambdas/common/time-range.ts';
import { sliceTimeRange } from '../../lambdas/runs/backfill-slices.ts';
import { formatTable } from '../terminal/text-table.ts';

/** Progress of a backfill in a folder or in a deployment. `--json` prints these fields. */
export interface BackfillProgress extends TimeRange {
  readonly tenant: string;
  readonly endpoint: string;
  readonly sliceHours: number;
  /** `open` is a backfill into a folder that is running or interrupted. */
  readonly state: 'running' | 'done' | 'failed' | 'stopped' | 'open';
  /** Number of slices, or 0 before they are planned. */
  readonly slices: number;
  /** Starts of the slices that are done. */
  readonly done: readonly string[];
  readonly running: number;
  readonly failed: number;
  readonly records: number;
  /** Everything before this time is read (UTC). */
  readonly upTo: string;
  /** Time from which live runs read (UTC), if it is before the end. The backfill leaves the rest to them. */
  readonly leftToLiveFrom: string | null;
  /** Error of a failed backfill. */
  readonly error: string | null;
}

/** What is known about the slices of a backfill. */
type Sliced = Pick<BackfillProgress, 'from' | 'to' | 'sliceHours' | 'slices' | 'done' | 'leftToLiveFrom'>;

/**
 * Finds the time (UTC) before which everything is read.
 * @param reachedIn time up to which an open slice is read. @default - nothing of an open slice is read
 */
export function findReached(
  { from, to, sliceHours, slices, done, leftToLiveFrom }: Sliced,
  reachedIn: (slice: TimeRange) => string | undefined = () => undefined,
): string {
  if (slices === 0) return from;
  const ends = new Set(done);
  const open = sliceTimeRange({ from, to }, sliceHours).find((slice) => !ends.has(slice.from));
  const read = open === undefined ? to : (reachedIn(open) ?? open.from);
  return leftToLiveFrom !== null && leftToLiveFrom < read ? leftToLiveFrom : read;
}

const COLUMNS = [
  'tenant',
  'endpoint',
  'from',
  'to',
  'state',
  'slices done',
  'running',
  'failed',
  'records',
  'read up to',
  'live from',
];

/** Tenant, endpoint, start and end. */
const KEYS = 4;

/** Formats one line for each backfill, then the errors of those that failed. */
export function formatProgress(all: readonly BackfillProgress[]): string {
  const rows = all.map((each) => [
    each.tenant,
    each.endpoint,
    each.from,
    each.to,
    each.state,
    `${each.done.length} of ${each.slices}`,
    each.running,
    each.failed,
    each.records,
    each.upTo,
    each.leftToLiveFrom ?? '',
  ]);
  const errors = all.flatMap(({ tenant, endpoint, from, error }) =>
    error === null ? [] : [`${tenant} ${endpoint} from ${from}: ${error}\n`],
  );
  return formatTable(COLUMNS, rows, KEYS) + errors.join('');
}
