import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../../catalog/index.ts';
import { isoTime, parseTimestamp } from '../../../catalog/timestamp.ts';
import { auditAndHeal } from '../../../lambdas/audit/audit-and-heal.ts';
import { type AuditSummary, storeSummary, summarize } from '../../../lambdas/audit/audit-summary.ts';
import type { AuditWindow } from '../../../lambdas/audit/audit-window.ts';
import { writeCoverage } from '../../../lambdas/audit/coverage-lines.ts';
import type { HealRun } from '../../../lambdas/audit/heal-plan.ts';
import type { RequestBudget } from '../../../lambdas/audit/request-budget.ts';
import { TenantAudit } from '../../../lambdas/audit/tenant-audit.ts';
import type { WindowResult } from '../../../lambdas/audit/window-result.ts';
import { systemEffects } from '../../../lambdas/common/effects.ts';
import { readEnvironment } from '../../../lambdas/handlers/handler-input.ts';
import { Lake } from '../../../lambdas/lake/lake.ts';
import { Ledger } from '../../../lambdas/ledger/ledger.ts';
import { tenantSchema } from '../../../lambdas/platform/tenant.ts';
import type { IngestEvent } from '../../../lambdas/runs/ingest-event.ts';
import { createLocalLake } from '../../../local/audit/local-lake.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError } from '../../terminal/failure.ts';
import type { Progress } from '../../terminal/progress.ts';
import { readNote } from '../folder-note.ts';

/** An audit of a folder. */
export interface FolderAudit {
  readonly functions: LocalFunctions;
  readonly dir: string;
  readonly tenant: IngestEvent['tenant'];
  readonly endpoints: readonly Endpoint[];
  readonly range: AuditWindow;
  /** Platform time, milliseconds. */
  readonly now: number;
  readonly heal: boolean;
  readonly budget: RequestBudget;
  readonly progress: Progress;
}

/** The results of an audit of a folder. */
export interface FolderResult {
  readonly results: readonly WindowResult[];
  readonly summary: AuditSummary;
}

/** A run that cannot get the lease is tried again this often, with a pause in milliseconds. */
const LEASE_TRIES = 30;
const LEASE_PAUSE = 2_000;

/** Audits a folder and writes the results into its lake. */
export async function auditFolder(folder: FolderAudit): Promise<FolderResult> {
  const { functions, dir, endpoints, range, now, budget, progress } = folder;
  const tenant = tenantSchema.parse(folder.tenant);
  const starts = await readStarts(folder);
  const environment = readEnvironment();
  const steps = new Map<string, ReturnType<Progress['step']>>();
  const localLake = createLocalLake(locateLake(dir), tenant.name);
  const audit = new TenantAudit({
    ...{ tenant, range, now, budget, environment, aws: functions.aws },
    effects: systemEffects,
    timeLeft: () => (functions.interrupted ? 0 : Number.POSITIVE_INFINITY),
    lake: localLake,
    historyStart: (endpoint) => starts.get(endpoint) ?? parseTimestamp(tenant.historyStart) ?? 0,
    onWindow: (endpoint, done, all) => steps.get(endpoint)?.update(done / all, `${done} of ${all} windows`),
  });
  const results = await auditAndHeal({
    endpoints,
    audit: async (endpoint) => {
      if (functions.interrupted) throw new CommandError('stopped. Repeat the command to audit again');
      const step = progress.step(endpoint.name);
      steps.set(endpoint.name, step);
      const found = await audit.audit(endpoint);
      step.done(describe(found));
      return found;
    },
    heal: folder.heal
      ? async (run) => {
          await localLake.close();
          await healWith(folder, run);
        }
      : undefined,
  });
  await localLake.close();
  const lake = new Lake(functions.aws.s3, environment.LAKE_BUCKET);
  await writeCoverage(lake, { tenant: tenant.name, run: randomUUID(), checkedAt: now }, results);
  const summary = summarize(results, isoTime(now), budget.spent);
  await storeSummary(functions.aws.dynamodb, functions.stateTable, tenant.name, summary);
  return { results, summary };
}

function describe(results: readonly WindowResult[]): string {
  const missing = results.reduce((sum, each) => sum + each.missing.length, 0);
  const unproved = results.filter(({ reason }) => reason !== null).length;
  const odd = [...(missing > 0 ? [`${missing} missing`] : []), ...(unproved > 0 ? [`${unproved} not provable`] : [])];
  return `${count(results.length, 'window')}${odd.length > 0 ? `, ${odd.join(', ')}` : ''}`;
}

/** Where the history of each tail starts in a folder: as noted by its runs, or at its first batch. */
async function readStarts({ functions, dir, tenant, endpoints }: FolderAudit): Promise<ReadonlyMap<string, number>> {
  const noted = (await readNote(dir))?.history?.[tenant.name] ?? {};
  const ledger = new Ledger(functions.aws.dynamodb, functions.stateTable, tenant.name);
  const starts = new Map<string, number>();
  for (const { name, source } of endpoints) {
    if (source.kind !== 'tail') continue;
    const start = parseTimestamp(noted[name] ?? (await findFirst(ledger, name)));
    if (start !== null) starts.set(name, start);
  }
  return starts;
}

async function findFirst(ledger: Ledger, endpoint: string): Promise<string | null> {
  for await (const { from } of ledger.entriesAfter(endpoint, 0)) if (from !== null) return from;
  return null;
}

/** Runs a backfill or a live run to its end. */
async function healWith({ functions, tenant, now, progress }: FolderAudit, run: HealRun): Promise<void> {
  const step = progress.step(`heal ${run.endpoint}`);
  const { range, ...event } = { ...run, tenant, scheduledTime: new Date(now).toISOString() };
  let from = range?.from;
  let records = 0;
  for (let tries = 0; ; ) {
    if (functions.interrupted) throw new CommandError('stopped. Repeat the command to continue');
    const summary = await functions.invoke({
      ...event,
      ...(range !== undefined && from !== undefined && { range: { from, to: range.to } }),
    });
    records += summary.records;
    if (summary.outcome === 'done') break;
    from = summary.reached ?? from;
    if (summary.outcome === 'more') continue;
    if (++tries > LEASE_TRIES) throw new CommandError('another run holds the lease. Try again when it has ended');
    await sleep(LEASE_PAUSE);
  }
  step.done(`${records} records read again`);
}
