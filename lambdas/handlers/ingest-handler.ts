import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { IngestError } from '../common/errors.ts';
import { checkTenantHost } from '../platform/tenant-hosts.ts';
import { ingest } from '../runs/ingest.ts';
import { type IngestEvent, ingestEventSchema } from '../runs/ingest-event.ts';
import type { IngestSummary } from '../runs/run-summary.ts';
import { type Container, openContainer } from './container.ts';
import { continueRun } from './continue-run.ts';
import { readEnvironment, readEvent, readTenantHosts } from './handler-input.ts';
import { HEAP_GROWTH, setHeapGrowth } from './heap-growth.ts';
import { sourcePlaces } from './source-places.ts';

setHeapGrowth(process.env[HEAP_GROWTH]);

let container: Promise<Container> | undefined;

/** Log and metrics. They are not needed before the first answer of AWS, so they are loaded while the function waits for it. */
const runReport = () => import('#run-report');

/**
 * The function of every endpoint; its event says which.
 * @throws IngestError with a sentence for the operator; the event then goes to the dead-letter queue
 */
export const handler = middy<IngestEvent, IngestSummary, Error, Context>()
  .use({
    after: async ({ response }) => {
      const report = await runReport();
      report.logSummary(response);
    },
    onError: async ({ event, error }) => {
      const report = await runReport();
      report.logFailure(event, error instanceof IngestError ? error.reason : 'unexpected', error);
    },
  })
  .use(sourcePlaces)
  .handler(async (event, context) => {
    const input = readEvent(ingestEventSchema, event);
    const environment = readEnvironment();
    checkTenantHost(readTenantHosts(), input.tenant);
    container ??= openContainer();
    const running = ingest({
      ...input,
      run: context.awsRequestId ?? randomUUID(),
      timeLeft: () => context.getRemainingTimeInMillis(),
      environment,
      ...(await container),
      onEnd: async (end) => {
        const report = await runReport();
        report.reportEnd(environment.METRICS_NAMESPACE, end);
      },
    });
    const [summary] = await Promise.all([running, runReport()]);
    // a range does not restart itself, and outside Lambda no run does: the caller sees `more` and calls again
    const isOurs = input.range === undefined && context.invokedFunctionArn;
    if (summary.outcome === 'more' && isOurs) await continueRun(context.invokedFunctionArn, event);
    return summary;
  });
