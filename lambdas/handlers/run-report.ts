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
  logger.error('run failed', {
    endpoint: event?.endpoint,
    tenant: event?.tenant?.name,
    reason,
    error: error === null ? '' : shortenError(error),
  });
  logger.resetKeys();
}

/** CloudWatch cuts a line of more than 256 kB, and then it is no JSON. */
const MAX_ERROR_LENGTH = 20_000;

/** The error with a message and a stack of bounded length. */
function shortenError(error: Error): Error {
  const { name, message, stack = '' } = error;
  if (message.length + stack.length <= MAX_ERROR_LENGTH) return error;
  const short = new Error(`${message.slice(0, MAX_ERROR_LENGTH / 4)} ...`);
  return Object.assign(short, { name, stack: `${stack.slice(0, MAX_ERROR_LENGTH / 4)} ...` });
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
