import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { findEndpoint } from '../../catalog/index.ts';
import { type AwsClients, createAwsClients } from '../aws/aws-clients.ts';
import { systemEffects } from '../common/effects.ts';
import { ConfigurationError, IngestError } from '../common/errors.ts';
import { rebuild } from '../rebuild/rebuild.ts';
import type { RebuildSummary } from '../rebuild/rebuild-position.ts';
import { type ReplaySummary, replay } from '../replay/replay.ts';
import { type ReplayEvent, replayEventSchema } from '../replay/replay-event.ts';
import { requeue } from '../replay/requeue.ts';
import type { RequeueSummary } from '../replay/requeue-summary.ts';
import { continueRun } from './continue-run.ts';
import { readEnvironment, readEvent } from './handler-input.ts';
import { sourcePlaces } from './source-places.ts';

const logger = new Logger({ serviceName: 'ccaip-replay' });
let clients: AwsClients | undefined;

/**
 * Makes segments and metrics again from raw objects, takes records out of quarantine, or rebuilds the state of an endpoint; its event
 * says of which endpoint, tenant and dates.
 * @throws IngestError with a sentence for the operator; the event then goes to the dead-letter queue
 */
export const handler = middy<ReplayEvent, ReplaySummary | RequeueSummary | RebuildSummary, Error, Context>()
  .use({
    after: ({ response }) => logger.info('replay ended', { ...response }),
    onError: ({ event, error }) => {
      const reason = error instanceof IngestError ? error.reason : 'unexpected';
      logger.error('replay failed', { endpoint: event?.endpoint, tenant: event?.tenant, reason, error: error ?? '' });
    },
  })
  .use(sourcePlaces)
  .handler(async (event, context) => {
    const {
      endpoint: name,
      tenant,
      continuation,
      quarantine,
      state,
      force,
      ...options
    } = readEvent(replayEventSchema, event);
    const endpoint = findEndpoint(name);
    if (endpoint === undefined) throw new ConfigurationError(`there is no endpoint "${name}"`);
    const environment = readEnvironment();
    clients ??= createAwsClients();
    const request = {
      endpoint,
      tenant,
      continuation,
      run: context.awsRequestId ?? randomUUID(),
      timeLeft: () => context.getRemainingTimeInMillis(),
      environment,
      aws: clients,
      effects: systemEffects,
    };
    const { dryRun } = options;
    const summary = quarantine
      ? await requeue({ ...request, dryRun })
      : state
        ? await rebuild({ ...request, dryRun, force })
        : await replay({ ...request, options });
    // the caller of a requeue waits for the answer, and outside Lambda no run restarts itself: both see `more` and call again
    if (summary.outcome === 'more' && !quarantine && context.invokedFunctionArn)
      await continueRun(context.invokedFunctionArn, event);
    return summary;
  });
