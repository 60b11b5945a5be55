import type { ReplaySummary } from '../../../lambdas/replay/replay.ts';
import type { RequeueSummary } from '../../../lambdas/replay/requeue-summary.ts';
import { count } from '../../terminal/counting.ts';
import { formatTable } from '../../terminal/text-table.ts';

/** Formats the result of a replay for a terminal. */
export function formatReplay(
  { tenant, endpoint, report }: ReplaySummary,
  { dryRun }: { readonly dryRun?: true },
): string {
  if (report === null) return `${tenant} ${endpoint}: nothing\n`;
  const { missing, changed, same, newer, expired, records, objects } = report;
  const written = count(missing + changed, 'item');
  const head = `${tenant} ${endpoint}: ${written} ${dryRun ? 'would be ' : ''}written (${missing} missing, ${changed} different), ${same} equal`;
  const rest = [
    ...(newer > 0 ? [`${newer} of a newer version kept`] : []),
    ...(expired > 0 ? [`${expired} beyond their time to live`] : []),
    `${count(objects, 'object')} of segments${dryRun ? ' would be' : ''} written`,
    `${count(records, 'raw record')} read`,
  ];
  return `${[head, ...rest].join(', ')}\n${metricsTable(report.metrics)}${attributesLine(report.attributes)}`;
}

function metricsTable(metrics: NonNullable<ReplaySummary['report']>['metrics']): string {
  const rows = Object.entries(metrics).flatMap(([metric, { changed, examples }]) =>
    examples.map(({ call, before, after }, i) => [i === 0 ? metric : '', i === 0 ? changed : '', call, before, after]),
  );
  return rows.length === 0 ? '' : formatTable(['metric', 'items', 'e.g. call', 'in the table', 'computed now'], rows);
}

function attributesLine(attributes: Readonly<Record<string, number>>): string {
  const names = Object.entries(attributes).map(([name, items]) => `${name} (${items})`);
  return names.length === 0 ? '' : `other attributes that differ: ${names.join(', ')}\n`;
}

/** Formats the result of a requeue for a terminal, one line for each endpoint with quarantined records. */
export function formatRequeue(summaries: readonly RequeueSummary[], { dryRun }: { readonly dryRun?: true }): string {
  const lines = summaries
    .filter(({ taken, left }) => taken > 0 || Object.keys(left).length > 0)
    .map(({ tenant, endpoint, taken, left }) => {
      const reasons = Object.entries(left).map(([reason, records]) => `${records} still failing with ${reason}`);
      return `${[`${tenant} ${endpoint}: ${count(taken, 'record')} ${dryRun ? 'would be ' : ''}requeued`, ...reasons].join(', ')}\n`;
    });
  return lines.length === 0 ? 'no open records in quarantine\n' : lines.join('');
}
