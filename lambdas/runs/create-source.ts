import type { Source as CatalogSource, Endpoint, NestedParent } from '../../catalog/index.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import { ConfigurationError } from '../common/errors.ts';
import type { TimeRange } from '../common/time-range.ts';
import type { Lake } from '../lake/lake.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CcaipClient } from '../platform/client.ts';
import type { SourceOverrides } from '../platform/source-override.ts';
import type { Tenant } from '../platform/tenant.ts';
import { NarrowingBudget } from '../sources/narrow-page.ts';
import { Nested } from '../sources/nested/nested.ts';
import { Snapshot } from '../sources/snapshot/snapshot.ts';
import type { RunContext, Source } from '../sources/source.ts';
import { Tail } from '../sources/tail/tail.ts';
import type { TailOptions } from '../sources/tail/tail-options.ts';
import { TailPosition } from '../sources/tail/tail-position.ts';
import { TailRange } from '../sources/tail/tail-range.ts';
import { RowValidator } from '../sources/validate.ts';
import { explainNoBackfill } from './backfill-slices.ts';

/** Highest latency at which a tail that is far behind still uses the whole request rate, seconds. */
const LATENCY = 0.6;

/** Maximum number of requests in flight: limits memory. */
const MAX_AHEAD = 32;

interface SourceContext extends RunContext {
  readonly endpoint: Endpoint;
  readonly tenant: Tenant;
  readonly client: CcaipClient;
  readonly lake: Lake;
  readonly ledger: Ledger;
}

/** Creates the source that an endpoint's catalog entry names. */
export function createSource({ tenant, endpoint, client, lake, ledger, ...context }: SourceContext): Source {
  const source = overridden(endpoint.source, tenant.sources[endpoint.name]);
  const { keepAlive, timeIsUp, afterFailure, warn } = context;
  const run = { endpoint, keepAlive, timeIsUp, afterFailure, warn };
  const reading = { validator: new RowValidator(endpoint.schema), narrowing: new NarrowingBudget() };
  switch (source.kind) {
    case 'tail':
      return new Tail({ ...run, ...reading, source, client, ...tailSettings(tenant) });
    case 'snapshot':
      return new Snapshot({ ...run, ...reading, source, client });
    case 'nested':
      return new Nested({ ...run, source, ledger, lake });
  }
}

/** Path of the collection that an endpoint reads; undefined for nested records. */
export function findCollection(endpoint: Endpoint, tenant: Tenant): string | undefined {
  const source = overridden(endpoint.source, tenant.sources[endpoint.name]);
  return source.kind === 'nested' ? undefined : source.path;
}

interface RangeContext extends Pick<SourceContext, 'endpoint' | 'tenant' | 'client' | 'timeIsUp' | 'warn'> {
  readonly range: TimeRange;
  /** Position of the live runs; undefined before the first. */
  readonly live: unknown;
}

/**
 * Creates a range of a tail, up to where live runs begin to read.
 * @returns undefined if the whole range is after that
 * @throws ConfigurationError for endpoints that have no ranges
 */
export function createRange({
  tenant,
  endpoint,
  client,
  range,
  live,
  timeIsUp,
  warn,
}: RangeContext): TailRange | undefined {
  const { source, ...options } = createTailOptions({ endpoint, tenant, client, timeIsUp, warn });
  const settings = tailSettings(tenant);
  const { cursor, start, open } = TailPosition.parse(live, true);
  const liveFrom = cursor === null ? settings.historyStart : Math.max(start, cursor - settings.lookBack);
  const from = readTimestamp(range.from);
  const until = Math.min(readTimestamp(range.to), liveFrom) - 1;
  if (until < from) return undefined;
  return new TailRange({ ...options, source, from, until, liveCursor: cursor, watched: open });
}

/**
 * Creates what is needed to read ranges of a tail, without a lease and without a position.
 * @throws ConfigurationError for endpoints that have no ranges
 */
export function createTailOptions({
  tenant,
  endpoint,
  ...context
}: Pick<SourceContext, 'endpoint' | 'tenant' | 'client' | 'timeIsUp' | 'warn'>): TailOptions {
  const source = overridden(endpoint.source, tenant.sources[endpoint.name]);
  if (source.kind !== 'tail') throw new ConfigurationError(explainNoBackfill(endpoint) ?? '');
  const reading = { validator: new RowValidator(endpoint.schema), narrowing: new NarrowingBudget() };
  const run = { endpoint, keepAlive: async () => undefined, afterFailure: false, ...reading };
  return { ...context, ...run, source, ...tailSettings(tenant) };
}

/** The places of nested records, with the tenant's configuration. Empty for endpoints that are not nested. */
export function findParents(endpoint: Endpoint, tenant: Tenant): readonly NestedParent[] {
  const source = overridden(endpoint.source, tenant.sources[endpoint.name]);
  return source.kind === 'nested' ? source.parents : [];
}

const tailSettings = (tenant: Tenant) => ({
  historyStart: readTimestamp(tenant.historyStart),
  lookBack: tenant.lookBackMinutes * 60_000,
  settle: tenant.settleSeconds * 1000,
  ahead: Math.min(MAX_AHEAD, 1 + Math.ceil(tenant.requestsPerSecond * LATENCY)),
});

/** Applies the tenant's configuration to the source. */
function overridden(source: CatalogSource, override: SourceOverrides[string] | undefined): CatalogSource {
  const { path, parents } = override ?? {};
  if (source.kind !== 'nested') return path === undefined ? source : { ...source, path };
  if (parents === undefined) return source;
  return { ...source, parents: Object.entries(parents).map(([endpoint, paths]) => ({ endpoint, paths })) };
}
