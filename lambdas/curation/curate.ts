import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { replayName } from '../aws/state-keys.ts';
import { ConfigurationError } from '../common/errors.ts';
import type { Zone } from '../lake/stored-object.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { CurationEvent, CurationStep } from './curation-event.ts';
import { CurationStore } from './curation-store.ts';
import { planNextDays } from './next-days.ts';

/** The next step. */
export type CurationAnswer =
  /** The table has the expected shape. */
  | { readonly next: 'keep' }
  /** Drop the table and create it. */
  | { readonly next: 'create' }
  /** Run the statement, then ask again with this step as done. */
  | {
      readonly next: 'merge';
      readonly step: CurationStep;
      readonly days: readonly string[];
      readonly statement: string;
    }
  /** Nothing to run: ask again with this step as done. */
  | { readonly next: 'skip'; readonly step: CurationStep }
  /** The table holds everything that the ledgers name. */
  | { readonly next: 'end' };

/**
 * Merges the ledgers into a curated table step by step. The position moves only after the MERGE of its days has succeeded. If a
 * run dies before that, the next run merges the same days again, with the same result.
 *
 *     next ──> MERGE days ──> next(done) ──> position moves ──> MERGE ...
 *                        ✗ dies here: the next run gets the same days
 *
 * @throws ConfigurationError if the requested table was never created
 */
export async function curate(
  client: DynamoDBDocumentClient,
  stateTable: string,
  event: CurationEvent,
): Promise<CurationAnswer> {
  const store = new CurationStore(client, stateTable);
  switch (event.action) {
    case 'inspect': {
      const known = await store.table(event.table);
      return { next: known?.shape === event.shape ? 'keep' : 'create' };
    }
    case 'created':
      await store.created(event.table, event.shape, event.run);
      return { next: 'keep' };
    case 'next': {
      const { table, tenant, endpoint, zone, merge, done } = event;
      const known = await store.table(table);
      if (known === undefined) throw new ConfigurationError(`${table} is not there yet: create it first`);
      const placeIn = (ledger: string) => ({ tenant, ledger, table, generation: known.generation });
      if (done) await store.advance(placeIn(done.ledger), done);
      const batches = new Ledger(client, stateTable, tenant);
      for (const ledger of ledgersOf(endpoint, zone)) {
        const from = await store.position(placeIn(ledger));
        const { days, to } = await planNextDays(batches.entriesAfter(ledger, from.seq), zone, from);
        if (to.seq === from.seq && to.day === from.day) continue;
        const step = { ledger, from, to };
        if (days.length === 0) return { next: 'skip', step };
        return { next: 'merge', step, days, statement: statementOf(merge, tenant, days) };
      }
      return { next: 'end' };
    }
  }
}

/** Ingestion writes raw records and segments, a replay only segments. Each has a ledger. */
const ledgersOf = (endpoints: string | readonly string[], zone: Zone): readonly string[] =>
  [endpoints].flat().flatMap((endpoint) => (zone === 'segments' ? [endpoint, replayName(endpoint)] : [endpoint]));

// names of tenants and days have no quotes in them
const quoted = (text: string) => `'${text}'`;

const statementOf = (merge: string, tenant: string, days: readonly string[]): string =>
  merge.replaceAll('{{tenant}}', quoted(tenant)).replaceAll('{{days}}', days.map(quoted).join(', '));
