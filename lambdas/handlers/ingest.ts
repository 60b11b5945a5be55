import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { systemEffects } from '../ccaip/effects.ts';
import { IngestError } from '../ccaip/errors.ts';
import { type IngestEvent, ingestEventSchema } from '../config/ingest-event.ts';
import { ingest } from '../pipeline/ingest.ts';
import type { IngestSummary, RunEnd } from '../pipeline/summary.ts';
import { type AwsClients, createAwsClients } from '../stores/clients.ts';
import { CredentialCache } from '../stores/credential-cache.ts';
import { continueRun } from './continue-run.ts';
import { readEnvironment, readEvent } from './input.ts';
import { publishRun } from './run-metrics.ts';

const logger = new Logger({ serviceName: 'ccaip-ingest' });
let container: { readonly aws: AwsClients; readonly credentials: CredentialCache } | undefined;

/**
 * The function of every endpoint; its event says which.
 * @throws IngestError with a sentence for the operator; the event then goes to the dead-letter queue
 */
export const handler = middy<IngestEvent, IngestSummary, Error, Context>()
  .use({
    after: ({ response }) => logger.info('run ended', { ...response }),
    onError: ({ event, error }) => {
      const reason = error instanceof IngestError ? error.reason : 'unexpected';
      logger.error('run failed', {
        endpoint: event?.endpoint,
        tenant: event?.tenant?.name,
        reason,
        error: error ?? '',
      });
      logger.resetKeys();
    },
  })
  .handler(async (event, context) => {
    const input = readEvent(ingestEventSchema, event);
    const environment = readEnvironment();
    const namespace = environment.METRICS_NAMESPACE;
    container ??= openContainer();
    const summary = await ingest({
      ...input,
      run: context.awsRequestId ?? randomUUID(),
      timeLeft: () => context.getRemainingTimeInMillis(),
      environment,
      ...container,
      effects: systemEffects,
      onEnd: (end) => {
        if (namespace !== undefined) publishRun(namespace, end);
        // what a run took before it failed counts: the line that says so comes later
        if (end.outcome === 'failed') logger.appendKeys(countsOf(end));
      },
    });
    // a range, and all outside Lambda where there is no function to start again: whoever called sees `more` and calls again
    const isOurs = input.range === undefined && context.invokedFunctionArn;
    if (summary.outcome === 'more' && isOurs) await continueRun(context.invokedFunctionArn, event);
    return summary;
  });

const countsOf = ({ records, batches, objects, requests, throttled, quarantined, reached }: RunEnd) => ({
  records,
  batches,
  objects,
  requests,
  throttled,
  quarantined,
  reached,
});

/** What a container keeps from run to run. */
function openContainer() {
  const aws = createAwsClients();
  return { aws, credentials: new CredentialCache(aws.secrets, systemEffects.now) };
}
