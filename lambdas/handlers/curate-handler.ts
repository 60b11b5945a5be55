import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { type AwsClients, createAwsClients } from '../aws/aws-clients.ts';
import { ConfigurationError } from '../common/errors.ts';
import { type CurationAnswer, curate } from '../curation/curate.ts';
import { type CurationEvent, curationEventSchema } from '../curation/curation-event.ts';
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
    const parsed = curationEventSchema.safeParse(event);
    if (!parsed.success) throw new ConfigurationError(`the event does not fit: ${placesOf(parsed.error.issues)}`);
    const environment = environmentSchema.safeParse(process.env);
    if (!environment.success) throw new ConfigurationError('the environment variable STATE_TABLE is missing');
    clients ??= createAwsClients();
    const answer = await curate(clients.dynamodb, environment.data.STATE_TABLE, parsed.data);
    const { next, ...rest } = answer;
    logger.info('asked', {
      action: parsed.data.action,
      table: parsed.data.table,
      next,
      days: 'days' in rest ? rest.days.length : 0,
    });
    return answer;
  });

const placesOf = (issues: readonly { readonly path: PropertyKey[]; readonly message: string }[]) =>
  issues.map(({ path, message }) => `${path.join('.')} (${message})`).join(', ');
