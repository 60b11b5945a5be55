import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { CurationStore } from '../../curation/curation-store.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { listDays } from '../audit-ledger.ts';

/** A curated table that an audit can read, and the ledgers of the batches that bring its rows. */
export const curatedTableSchema = z.object({
  table: z.string(),
  ledgers: z.array(z.string()),
  zone: z.enum(['raw', 'segments']),
});

export type CuratedTable = z.infer<typeof curatedTableSchema>;

/** Where the state of curation is. */
interface CurationPlace {
  readonly client: DynamoDBDocumentClient;
  readonly stateTable: string;
  readonly tenant: string;
}

/**
 * Selects the days of which curated tables hold every batch. Curation runs once an hour, so the newest batches are in the raw tables
 * only.
 * @returns no day if there are no such tables
 */
export async function selectCuratedDays(
  { client, stateTable, tenant }: CurationPlace,
  tables: readonly CuratedTable[],
  days: readonly string[],
): Promise<string[]> {
  if (tables.length === 0) return [];
  const store = new CurationStore(client, stateTable);
  const ledger = new Ledger(client, stateTable, tenant);
  const behind = new Set<string>();
  for (const { table, ledgers, zone } of tables) {
    const known = await store.table(table);
    if (known === undefined) return [];
    for (const name of ledgers) {
      const { seq } = await store.position({ tenant, ledger: name, table, generation: known.generation });
      for await (const entry of ledger.entriesAfter(name, seq))
        for (const day of listDays([entry], zone)) behind.add(day);
    }
  }
  return days.filter((day) => !behind.has(day));
}
