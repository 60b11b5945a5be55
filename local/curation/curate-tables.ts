import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { curate } from '../../lambdas/curation/curate.ts';
import type { CurationStep } from '../../lambdas/curation/curation-event.ts';
import { createMergeStatement } from '../../sql/curated/curated-statements.ts';
import { type CuratedTable, listCuratedTables } from '../../sql/curated/curated-tables.ts';

/** Days of a tenant to merge from the view. */
export interface Merge {
  readonly tenant: string;
  readonly days: readonly string[];
  /** The same as a statement. */
  readonly statement: string;
}

/** Executes the steps of curation. */
export interface Curator {
  /** Recreates a table without rows. */
  create(table: CuratedTable): Promise<void>;
  /** Merges days. Idempotent. */
  merge(table: CuratedTable, merge: Merge): Promise<void>;
}

interface Curation {
  readonly client: DynamoDBDocumentClient;
  readonly stateTable: string;
  readonly tenants: readonly string[];
  readonly curator: Curator;
  /** Id of this run. */
  readonly run: string;
}

/** A tenant's part of a table, and the number of days merged in this run. */
export interface Curated {
  readonly table: string;
  readonly tenant: string;
  readonly days: number;
}

/**
 * Updates every curated table from the ledgers, in the same way as the state machine in AWS. A failure does not stop other tables
 * and tenants.
 * @throws the first failure, after all other work
 */
export async function curateTables(curation: Curation): Promise<Curated[]> {
  const curated: Curated[] = [];
  const failures: unknown[] = [];
  for (const table of listCuratedTables())
    try {
      await createIfNeeded(curation, table);
      for (const tenant of curation.tenants)
        try {
          curated.push({ table: table.name, tenant, days: await curateTenant(curation, table, tenant) });
        } catch (failure) {
          failures.push(failure);
        }
    } catch (failure) {
      failures.push(failure);
    }
  if (failures.length > 0) throw failures[0];
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
  const { name, endpoints, zone } = table;
  const merge = createMergeStatement(table);
  let days = 0;
  for (let done: CurationStep | null = null; ; ) {
    const answer = await curate(client, stateTable, {
      action: 'next',
      table: name,
      tenant,
      endpoint: [...endpoints],
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
