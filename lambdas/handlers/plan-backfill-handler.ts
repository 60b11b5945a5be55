import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type PlanEvent, planEventSchema } from '../runs/backfill-order.ts';
import { type BackfillPlan, planBackfill } from '../runs/backfill-plan.ts';
import { readEvent } from './handler-input.ts';
import { sourcePlaces } from './source-places.ts';

const logger = new Logger({ serviceName: 'ccaip-backfill' });

/**
 * Divides a backfill into slices for the state machine. It reads and writes no data.
 * @throws ConfigurationError if there is no such range to read
 */
export const handler = middy<PlanEvent, BackfillPlan, Error, Context>()
  .use({
    after: ({ event, response }) => logger.info('planned', { ...event.order, slices: response?.slices.length }),
    onError: ({ event, error }) => logger.error('no plan', { ...event?.order, error: error ?? '' }),
  })
  .use(sourcePlaces)
  .handler(async (event) => planBackfill(readEvent(planEventSchema, event)));
