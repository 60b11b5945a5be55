import { Logger } from '@aws-lambda-powertools/logger';
import { onWait } from '../platform/waits.ts';
import type { IngestEvent } from '../runs/ingest-event.ts';
import type { IngestSummary, RunEnd } from '../runs/run-summary.ts';
import { publishRun } from './publish-run-metrics.ts';

const logger = new Logger({ serviceName: 'ccaip-ingest' });

onWait((sentence) => logger.warn(sentence));

/** Writes the metrics of a run, failed or not. @param namespace @default - no metrics are written */
export function reportEnd(namespace: string | undefined, end: RunEnd): void {
  if (namespace !== undefined) publishRun(namespace, end);
  // records that were ingested before a failure count; the log line is written later
  if (end.outcome === 'failed') logger.appendKeys(countsOf(end));
}

/** Writes the log line of a run that succeeded. */
export function logSummary(summary: IngestSummary | null): void {
  logger.info('run ended', { ...summary });
}

/** Writes the log line of a run that failed. */
export function logFailure(event: IngestEvent | undefined, reason: string, error: Error | null): void {
  logger.error('run failed', { endpoint: event?.endpoint, tenant: event?.tenant?.name, reason, error: error ?? '' });
  logger.resetKeys();
}

const COUNTS = [
  'records',
  'batches',
  'objects',
  'requests',
  'throttled',
  'quarantined',
  'unreadable',
  'warnings',
  'reached',
] as const;

const countsOf = (end: RunEnd) => Object.fromEntries(COUNTS.map((name) => [name, end[name]]));
