import type * as z from 'zod/mini';
import { findEndpoint } from '../../catalog/index.ts';
import { ConfigurationError } from '../common/errors.ts';
import type { TimeRange } from '../common/time-range.ts';
import type { planEventSchema } from './backfill-order.ts';
import { BACKFILLED, explainNoBackfill, sliceTimeRange } from './backfill-slices.ts';
import type { IngestEvent } from './ingest-event.ts';

/** The parts of a backfill. */
export interface BackfillPlan {
  /** ARN of the function to invoke. */
  readonly function: string;
  /** Its event without the range. */
  readonly event: Omit<IngestEvent, 'range' | 'continuation'>;
  /** The same slices as in a local run of the same order. */
  readonly slices: readonly TimeRange[];
  /** Number of parallel slices. */
  readonly concurrency: number;
}

/** @throws ConfigurationError if there is no such range to read, with what to do instead */
export function planBackfill({ order, tenants, ...known }: z.output<typeof planEventSchema>): BackfillPlan {
  const endpoint = findEndpoint(order.endpoint);
  if (endpoint === undefined)
    throw new ConfigurationError(`there is no endpoint "${order.endpoint}": give one of ${BACKFILLED.join(', ')}`);
  const reason = explainNoBackfill(endpoint);
  if (reason !== undefined) throw new ConfigurationError(reason);
  const place = tenants.find(({ tenant }) => tenant.name === order.tenant);
  if (place === undefined) {
    const names = tenants.map(({ tenant }) => tenant.name);
    throw new ConfigurationError(`there is no tenant "${order.tenant}": give one of ${names.join(', ')}`);
  }
  const name = endpoint.name;
  const functionArn = known.functions[name];
  if (functionArn === undefined || !place.endpoints.includes(name))
    throw new ConfigurationError(`${name} is switched off for tenant ${order.tenant}: switch it on in cdk.json first`);
  return {
    function: functionArn,
    event: { endpoint: name, tenant: place.tenant, scheduledTime: known.scheduledTime },
    slices: slicesWithin(order, order.sliceHours),
    concurrency: order.concurrency,
  };
}

function slicesWithin(range: TimeRange, hours: number): TimeRange[] {
  try {
    return sliceTimeRange(range, hours);
  } catch (error) {
    throw error instanceof RangeError ? new ConfigurationError(error.message) : error;
  }
}
