import { setTimeout as sleep } from 'node:timers/promises';
import { IngestError } from '../../../lambdas/common/errors.ts';
import type { Checkpoint } from '../../../lambdas/ledger/checkpoint.ts';
import { CheckpointStore } from '../../../lambdas/ledger/checkpoint-store.ts';
import { Ledger } from '../../../lambdas/ledger/ledger.ts';
import type { IngestEvent } from '../../../lambdas/runs/ingest-event.ts';
import { Tally } from '../../../lambdas/runs/run-summary.ts';
import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import { CommandError } from '../../terminal/failure.ts';

/** Commits of an endpoint's run. `ccaip run --json` prints these fields. */
export interface EndpointResult {
  readonly records: number;
  readonly batches: number;
  readonly objects: number;
  readonly requests: number;
  readonly quarantined: number;
  /** Records that the platform cannot deliver at the moment. They are retried. */
  readonly unreadable: number;
  /** Warnings of the run, one sentence each. */
  readonly warnings: readonly string[];
  /** First and last cursor value read (UTC), or null if nothing was read or the source has no cursor. */
  readonly from: string | null;
  readonly to: string | null;
  /** Error of the run. Earlier commits remain. */
  readonly error?: unknown;
}

/** Results of the invocations of a run. */
interface Spent {
  requests: number;
  unreadable: number;
  readonly warnings: Set<string>;
}

const resultOf = ({ requests, unreadable, warnings }: Spent) => ({ requests, unreadable, warnings: [...warnings] });

/** A killed run keeps its lease for two minutes. */
const LEASE_TRIES = 30;
const LEASE_PAUSE = 5_000;

/**
 * Invokes an endpoint's function until it has caught up. Failures are part of the result.
 * @param onWait called once if the run has to wait for the lease of an earlier run
 */
export async function runEndpoint(
  functions: LocalFunctions,
  event: IngestEvent,
  onWait: () => void,
): Promise<EndpointResult> {
  const before = await readCheckpoint(functions, event);
  const spent: Spent = { requests: 0, unreadable: 0, warnings: new Set() };
  try {
    await invokeUntilDone(functions, event, onWait, spent);
    return { ...(await committedAfter(functions, event, before)), ...resultOf(spent) };
  } catch (error) {
    const { lastRun } = (await readCheckpoint(functions, event)) ?? {};
    const failed = lastRun?.outcome === 'failed' && lastRun.run !== before?.lastRun?.run ? lastRun.requests : 0;
    const committed = await committedAfter(functions, event, before);
    for (const warning of lastRun?.outcome === 'failed' ? (lastRun.warnings ?? []) : []) spent.warnings.add(warning);
    return { ...committed, ...resultOf(spent), requests: spent.requests + failed, error: reasonOf(error, functions) };
  }
}

/** Replaces the timeout of an interrupted run, because the interruption is the real reason. */
function reasonOf(error: unknown, { interrupted }: LocalFunctions): unknown {
  const wantedTime = error instanceof IngestError && ['rate_limited', 'transient'].includes(error.reason);
  return interrupted && wantedTime ? stopped() : error;
}

const stopped = () => new CommandError('stopped before it had caught up. Run it again to continue');

async function invokeUntilDone(
  functions: LocalFunctions,
  event: IngestEvent,
  onWait: () => void,
  spent: Spent,
): Promise<void> {
  for (let tries = 1; ; ) {
    // a function without time left would be aborted
    if (functions.interrupted) throw stopped();
    const { outcome, requests, unreadable, warnings } = await functions.invoke(event);
    spent.requests += requests;
    spent.unreadable = unreadable;
    for (const warning of warnings) spent.warnings.add(warning);
    if (outcome === 'done') return;
    if (outcome === 'more') continue;
    if (tries === 1) {
      // only one process works in a folder, so nothing is rebuilding it now
      if ((await readCheckpoint(functions, event))?.rebuilding === true)
        throw new CommandError('its rebuild was interrupted. Run ccaip rebuild again, which continues it');
      onWait();
    }
    if (++tries > LEASE_TRIES) throw new CommandError('another run holds the lease. Try again when it has ended');
    await sleep(LEASE_PAUSE);
  }
}

/** The checkpoint of an endpoint; undefined before its first run. */
export function readCheckpoint(
  { aws, stateTable }: LocalFunctions,
  { tenant, endpoint }: IngestEvent,
): Promise<Checkpoint | undefined> {
  return new CheckpointStore(aws.dynamodb, stateTable, tenant.name, endpoint, Date.now).read();
}

async function committedAfter({ aws, stateTable }: LocalFunctions, event: IngestEvent, before: Checkpoint | undefined) {
  const ledger = new Ledger(aws.dynamodb, stateTable, event.tenant.name);
  const tally = new Tally();
  for await (const batch of ledger.entriesAfter(event.endpoint, before?.seq ?? 0)) tally.add(batch);
  const { records, batches, objects, quarantined, from, to } = tally;
  return { records, batches, objects, quarantined, from, to };
}
