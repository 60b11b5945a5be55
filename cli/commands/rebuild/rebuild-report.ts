import type { RebuildSummary } from '../../../lambdas/rebuild/rebuild-position.ts';
import { count } from '../../terminal/counting.ts';
import { formatTable } from '../../terminal/text-table.ts';

const MEGABYTE = 1_000_000;

/** What the lake does not contain, so that a rebuild cannot write it again. */
const NOT_REBUILT = [
  'the history of runs: their ids before 1.0.0, times, requests and errors',
  'ranges of backfills in the ledger',
  'fingerprints of the newest records and digests of snapshots: these are written once more, and no view shows them twice',
  'quarantined and unreadable records whose quarantine objects have expired',
  'objects that a retention time has deleted: their batches are empty in the ledger',
  'positions of the curated tables: curation builds them again from the whole lake',
  'positions of replays, which start again, and the last audit',
];

/** Formats what a rebuild would do, for a terminal. */
export function formatPlan(summaries: readonly RebuildSummary[]): string {
  const rows = summaries.flatMap(({ tenant, endpoint, report }) =>
    report === null || report.objects === 0
      ? []
      : [[tenant, endpoint, report.batches, report.objects, formatSize(report.bytes), report.known]],
  );
  if (rows.length === 0) return 'the lake has no objects\n';
  const columns = ['tenant', 'endpoint', 'batches', 'objects', 'MB', 'batches in the state table'];
  return `${formatTable(columns, rows, 2)}This would write ledger, position, day index and inferred schema of each endpoint, and the metrics items and segments that are missing.\n${formatLimits()}`;
}

/** Formats what a rebuild did, for a terminal. */
export function formatRebuilds(summaries: readonly RebuildSummary[]): string {
  const rows = summaries.flatMap(({ tenant, endpoint, report }) =>
    report === null || report.objects === 0
      ? []
      : [
          [
            tenant,
            endpoint,
            report.batches,
            report.missing,
            report.objects,
            report.records,
            report.quarantined,
            report.cursor ?? 'start of history',
          ],
        ],
  );
  if (rows.length === 0) return 'the lake has no objects: nothing was rebuilt\n';
  const columns = ['tenant', 'endpoint', 'batches', 'missing', 'objects', 'records', 'quarantined', 'continues from'];
  const leftOut = summaries.flatMap(({ tenant, endpoint, report }) =>
    report === null || report.leftOut === 0
      ? []
      : [
          `${tenant} ${endpoint}: ${count(report.leftOut, 'object')} of runs that failed again and again are not in the ledger\n`,
        ],
  );
  return `${formatTable(columns, rows, 2)}${leftOut.join('')}${formatLimits()}`;
}

const formatSize = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);

const formatLimits = (): string =>
  `Not in the lake, so not rebuilt:\n${NOT_REBUILT.map((each) => `- ${each}\n`).join('')}`;
