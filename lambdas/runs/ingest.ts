import { findEndpoint } from '../../catalog/index.ts';
import { ConfigurationError, CredentialError, IngestError, LeaseHeldError } from '../common/errors.ts';
import { BackfillRun } from './backfill-run.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { IngestRequest } from './ingest-request.ts';
import { LiveRun } from './live-run.ts';
import type { IngestSummary } from './run-summary.ts';

/**
 * One run of one tenant's endpoint: takes the lease, then commits batches until everything is read or the time is up. With a range,
 * it reads that range in parallel with live runs.
 * @throws ConfigurationError | TransientError | RateLimitedError | ContractError; earlier batches stay committed
 */
export async function ingest(request: IngestRequest): Promise<IngestSummary> {
  const endpoint = findEndpoint(request.endpoint);
  if (endpoint === undefined) throw new ConfigurationError(`there is no endpoint "${request.endpoint}"`);
  const { range } = request;
  const run = range === undefined ? new LiveRun(request, endpoint) : new BackfillRun(request, endpoint, range);
  try {
    const summary = run.summary(await run.start());
    await request.onEnd?.(summary);
    return summary;
  } catch (failure) {
    if (failure instanceof LeaseHeldError) return run.summary('lease_held');
    const error = await explainRefusal(failure, endpoint, request.tenant, run.client);
    if (error instanceof CredentialError) request.credentials?.forget(request.tenant.secretId);
    // the failure of the run matters more than a failed release: the lease then expires
    await run.fail(error).catch(() => undefined);
    const reason = error instanceof IngestError ? error.reason : 'unexpected';
    await request.onEnd?.({ ...run.summary('failed'), reason });
    throw error;
  }
}
