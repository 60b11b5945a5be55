import { Logger } from '@aws-lambda-powertools/logger';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { type AwsClients, createAwsClients } from '../aws/aws-clients.ts';
import { checkDeployment, type WatchReport } from '../watch/check-deployment.ts';
import { type WatchEvent, watchEventSchema } from '../watch/watch-event.ts';
import { parseEnvironment, readEvent } from './handler-input.ts';
import { publishWatch } from './publish-watch-metrics.ts';
import { sourcePlaces } from './source-places.ts';

const logger = new Logger({ serviceName: 'ccaip-watch' });
let clients: (AwsClients & { readonly sqs: SQSClient }) | undefined;

const environmentSchema = z.object({ STATE_TABLE: z.string().check(z.minLength(1)) });

/**
 * The function that looks for what nothing else would tell: runs that do not happen, a platform that sends nothing, curation that
 * does not start. It also deletes dead letters that a later run has made obsolete.
 * @throws ConfigurationError if the event or the environment does not fit
 */
export const handler = middy<WatchEvent, WatchReport, Error, Context>()
  .use({ onError: ({ error }) => logger.error('watch failed', { error: error ?? '' }) })
  .use(sourcePlaces)
  .handler(async (event) => {
    const input = readEvent(watchEventSchema, event);
    const { STATE_TABLE: stateTable } = parseEnvironment(environmentSchema);
    clients ??= { ...createAwsClients(), sqs: new SQSClient({}) };
    const report = await checkDeployment(input, { ...clients, stateTable, now: Date.now() });
    publishWatch(input.deployment, report);
    logger.info('watched', { ...report });
    return report;
  });
