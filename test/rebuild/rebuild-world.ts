import { ENDPOINTS, type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { type RebuildRequest, rebuild } from '../../lambdas/rebuild/rebuild.ts';
import type { RebuildSummary } from '../../lambdas/rebuild/rebuild-position.ts';
import { replay } from '../../lambdas/replay/replay.ts';
import { replayOptionsSchema } from '../../lambdas/replay/replay-event.ts';
import type { World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';

/** Rebuilds the state of an endpoint. */
export function rebuildState(
  world: World,
  endpoint: string,
  changes: Partial<RebuildRequest> = {},
): Promise<RebuildSummary> {
  return rebuild({
    endpoint: findEndpoint(endpoint) as Endpoint,
    tenant: world.tenant.name,
    dryRun: false,
    force: false,
    continuation: 0,
    run: `rebuild-${endpoint}`,
    timeLeft: () => 900_000,
    environment: world.environment,
    aws: world.aws,
    effects: world.time.effects({}),
    ...changes,
  });
}

/** Rebuilds both tables, as `ccaip rebuild` does. */
export async function rebuildTables(world: World, changes: Partial<RebuildRequest> = {}): Promise<RebuildSummary[]> {
  const summaries: RebuildSummary[] = [];
  for (const { name } of ENDPOINTS) summaries.push(await rebuildState(world, name, changes));
  for (const endpoint of ENDPOINTS.filter(({ channel }) => channel !== undefined))
    await replay({
      endpoint,
      tenant: world.tenant.name,
      options: replayOptionsSchema.parse({}),
      continuation: 0,
      run: `replay-${endpoint.name}`,
      timeLeft: () => 900_000,
      environment: world.environment,
      aws: world.aws,
      effects: world.time.effects({}),
    });
  return summaries;
}

const byKey = (a: { readonly key: string }, b: { readonly key: string }) => (a.key < b.key ? -1 : 1);

/** The ledger of an endpoint, without what the lake does not say: when batches were committed, with how many requests. */
export async function knownLedger(world: World, endpoint: string): Promise<unknown[]> {
  const entries = await world.ledger(endpoint);
  return entries.map(({ seq, records, quarantined, from, to, objects }) => ({
    seq,
    records,
    quarantined,
    from,
    to,
    objects: objects.toSorted(byKey),
  }));
}

/** A row of a view or an item without when and with which batch it was read. */
export const withoutReading = ({
  extracted_at: _extracted,
  batch: _batch,
  ingested_at: _ingested,
  source_batch: _source,
  ...row
}: Row): Row => row;
