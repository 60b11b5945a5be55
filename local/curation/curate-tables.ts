import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { curate } from '../../lambdas/curation/curate.ts';
import type { CurationStep } from '../../lambdas/curation/curation-event.ts';
import { createMergeStatement } from '../../sql/curated/curated-statements.ts';
import { type CuratedTable, listCuratedTables } from '../../sql/curated/curated-tables.ts';

/** Days of a tenant whose rows are to be made equal to those of the view. */
export interface Merge {
  readonly tenant: string;
  readonly days: readonly string[];
  /** The same as a statement. */
  readonly statement: string;
}

/** What does the work. */
export interface Curator {
  /** Makes a table anew, without rows. */
  create(table: CuratedTable): Promise<void>;
  /** Doing so again changes nothing. */
  merge(table: CuratedTable, merge: Merge): Promise<void>;
}

interface Curation {
  readonly client: DynamoDBDocumentClient;
  readonly stateTable: string;
  readonly tenants: readonly string[];
  readonly curator: Curator;
  /** Names this run. */
  readonly run: string;
}

/** Tenant's part of a table, and how much of it was merged now. */
export interface Curated {
  readonly table: string;
  readonly tenant: string;
  readonly days: number;
}

/** Brings every curated table up to date with the ledgers, as the state machine does in AWS. */
export async function curateTables(curation: Curation): Promise<Curated[]> {
  const curated: Curated[] = [];
  for (const table of listCuratedTables()) {
    await createIfNeeded(curation, table);
    for (const tenant of curation.tenants)
      curated.push({ table: table.name, tenant, days: await curateTenant(curation, table, tenant) });
  }
  return curated;
}

async function createIfNeeded({ client, stateTable, curator, run }: Curation, table: CuratedTable): Promise<void> {
  const { name, shape } = table;
  const { next } = await curate(client, stateTable, { action: 'inspect', table: name, shape });
  if (next !== 'create') return;
  await curator.create(table);
  await curate(client, stateTable, { action: 'created', table: name, shape, run });
}

/** @returns days merged */
async function curateTenant(
  { client, stateTable, curator }: Curation,
  table: CuratedTable,
  tenant: string,
): Promise<number> {
  const { name, endpoint, zone } = table;
  const merge = createMergeStatement(table);
  let days = 0;
  for (let done: CurationStep | null = null; ; ) {
    const answer = await curate(client, stateTable, {
      action: 'next',
      table: name,
      tenant,
      endpoint,
      zone,
      merge,
      done,
    });
    if (!('step' in answer)) return days;
    if (answer.next === 'merge') {
      await curator.merge(table, { tenant, days: answer.days, statement: answer.statement });
      days += answer.days.length;
    }
    done = answer.step;
  }
}
