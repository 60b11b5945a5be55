import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import type { LedgerEntry } from '../../lambdas/ledger/ledger-entry.ts';

/** The commits of one run, from the ledger. */
export interface RunRecord {
  readonly run: string;
  /** Nominal time of the schedule that started it (UTC). */
  readonly scheduledTime: string;
  /** Time of its last commit (UTC). */
  readonly committedAt: string;
  readonly batches: number;
  readonly records: number;
  readonly quarantined: number;
  readonly requests: number;
  readonly objects: number;
}

/** Maximum number of ledger entries to read. A longer run is shown with its last batches. */
const MAX_ENTRIES = 500;

/** Lists the last runs that committed a batch, the newest first. */
export async function listRuns(
  client: DynamoDBDocumentClient,
  table: string,
  { tenant, endpoint }: { readonly tenant: string; readonly endpoint: string },
  most: number,
): Promise<RunRecord[]> {
  const runs = new Map<string, RunRecord>();
  let read = 0;
  for await (const entry of new Ledger(client, table, tenant).entriesBackwards(endpoint)) {
    if (read++ >= MAX_ENTRIES || (!runs.has(entry.run) && runs.size === most)) break;
    runs.set(entry.run, added(runs.get(entry.run), entry));
  }
  return [...runs.values()];
}

function added(run: RunRecord | undefined, entry: LedgerEntry): RunRecord {
  return {
    run: entry.run,
    scheduledTime: entry.scheduledTime,
    committedAt: run?.committedAt ?? entry.committedAt,
    batches: (run?.batches ?? 0) + 1,
    records: (run?.records ?? 0) + entry.records,
    quarantined: (run?.quarantined ?? 0) + entry.quarantined,
    requests: (run?.requests ?? 0) + entry.requests,
    objects: (run?.objects ?? 0) + entry.objects.length,
  };
}
