import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { type AwsClients, createAwsClients } from '../aws/aws-clients.ts';
import { type CurationAnswer, curate } from '../curation/curate.ts';
import { type CurationEvent, curationEventSchema } from '../curation/curation-event.ts';
import { parseEnvironment, readEvent } from './handler-input.ts';
import { sourcePlaces } from './source-places.ts';

const logger = new Logger({ serviceName: 'ccaip-curation' });
let clients: AwsClients | undefined;

const environmentSchema = z.object({ STATE_TABLE: z.string().check(z.minLength(1)) });

/**
 * The function that tells the state machine of curation what comes next.
 * @throws ConfigurationError if the event or the environment does not fit
 */
export const handler = middy<CurationEvent, CurationAnswer, Error, Context>()
  .use({ onError: ({ error }) => logger.error('curation cannot continue', { error: error ?? '' }) })
  .use(sourcePlaces)
  .handler(async (event) => {
    const input = readEvent(curationEventSchema, event);
    const { STATE_TABLE: stateTable } = parseEnvironment(environmentSchema);
    clients ??= createAwsClients();
    const answer = await curate(clients.dynamodb, stateTable, input);
    const { next, ...rest } = answer;
    logger.info('asked', {
      action: input.action,
      table: input.table,
      next,
      days: 'days' in rest ? rest.days.length : 0,
    });
    return answer;
  });
