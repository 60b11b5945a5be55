import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { replayName } from '../aws/state-keys.ts';
import { CurationStore } from '../curation/curation-store.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { WatchEvent } from './watch-event.ts';

/** Curation starts every hour and may take one. After this many milliseconds, a batch should be in its curated table. */
export const MAX_CURATION_LAG = 3 * 3_600_000;

interface CuratedPlace {
  readonly table: string;
  readonly tenant: string;
}

/**
 * Finds curated tables that lack batches of the ledgers for longer than three hours. It does not matter whether curation failed,
 * took too long or was never started.
 * @param now milliseconds since the epoch
 */
export async function findCurationLag(
  client: DynamoDBDocumentClient,
  stateTable: string,
  { tenants, curated }: Pick<WatchEvent, 'tenants' | 'curated'>,
  now: number,
): Promise<CuratedPlace[]> {
  const store = new CurationStore(client, stateTable);
  const late: CuratedPlace[] = [];
  for (const { table, endpoints, zone } of curated) {
    const generation = (await store.table(table))?.generation;
    for (const tenant of Object.keys(tenants)) {
      const batches = new Ledger(client, stateTable, tenant);
      const ledgers = endpoints.flatMap((endpoint) =>
        zone === 'segments' ? [endpoint, replayName(endpoint)] : [endpoint],
      );
      for (const ledger of ledgers) {
        const place = { tenant, ledger, table, generation: generation ?? '' };
        const done = generation === undefined ? 0 : (await store.position(place)).seq;
        const next = await batches.firstAfter(ledger, done);
        if (next === undefined || Date.parse(next.committedAt) > now - MAX_CURATION_LAG) continue;
        late.push({ table, tenant });
        break;
      }
    }
  }
  return late;
}
