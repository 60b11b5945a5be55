import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditOrder } from '../../../lambdas/audit/execution/audit-event.ts';
import { summarizeProgress } from '../../../lambdas/audit/execution/audit-progress.ts';
import { listNames } from '../../../lib/configuration/nearest-name.ts';
import { type AuditState, DeployedAudits, type TenantProgress } from '../../deployment/audits.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { Begun } from '../../deployment/executions.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError, SilentFailure, UsageError } from '../../terminal/failure.ts';
import { createProgress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import { formatTable } from '../../terminal/text-table.ts';
import { formatTotals } from './audit-table.ts';

/** What to audit in a deployment. */
export interface DeployedAudit {
  /** @default - every tenant */
  readonly tenant?: string | undefined;
  readonly order: Omit<AuditOrder, 'tenants'>;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Milliseconds between two reads of the progress. */
const PAUSE = 2_000;

const SENTENCES: Readonly<Record<Begun['how'], string>> = {
  started: 'has started and runs in AWS. See ccaip audit --status',
  running: 'is already running in AWS',
  redriven: 'continues from where it stopped',
  done: 'is already done',
};

const COLUMNS = ['tenant', 'endpoint', 'windows', 'missing', 'healed', 'not provable', 'state'];

/**
 * Starts or continues an audit in a deployment's state machine, and follows it unless the caller does not wait.
 * @throws CommandError if it fails, SilentFailure if records are missing and were not healed
 */
export async function auditInAws(shell: Shell, deployment: Deployment, audit: DeployedAudit): Promise<void> {
  const { stdout, stderr, now } = shell;
  const { tenants: all } = await deployment.facts();
  const tenants = selectTenants(all, audit.tenant);
  const audits = await DeployedAudits.in(deployment, now);
  const { name, how } = await audits.begin({ ...audit.order, ...(tenants.length < all.length && { tenants }) });
  stderr.write(`execution ${name} ${SENTENCES[how]}\n`);
  if (!audit.wait) return;
  const end = await follow(audits, name, tenants, stderr);
  print(stdout, end.tenants, audit.json);
  if (end.state !== 'done')
    throw new CommandError(
      `the audit did not finish (${end.error ?? 'it was stopped'}). Repeat the command to continue, or see the runbook "audit failed"`,
    );
  if (end.tenants.some((each) => summarizeProgress(each).missing > 0)) throw new SilentFailure();
}

/** Shows the newest audit of each tenant of a deployment, scheduled or not. */
export async function showAudits(
  { stdout, now }: Shell,
  deployment: Deployment,
  { tenant, json }: Pick<DeployedAudit, 'tenant' | 'json'>,
): Promise<void> {
  const { tenants } = await deployment.facts();
  const audits = await DeployedAudits.in(deployment, now);
  const newest = await audits.newest(selectTenants(tenants, tenant));
  if (newest.length === 0 && !json) stdout.write('there was no audit yet\n');
  else print(stdout, newest, json);
}

async function follow(
  audits: DeployedAudits,
  name: string,
  tenants: readonly string[],
  stderr: Shell['stderr'],
): Promise<AuditState> {
  const bars = createProgress(stderr);
  const steps = new Map(tenants.map((tenant) => [tenant, bars.step(tenant)]));
  let now = await audits.read(name, tenants);
  for (; now.state === 'running'; now = await audits.read(name, tenants)) {
    for (const each of now.tenants) {
      const done = each.all.length - (each.round === 1 ? each.left.length : 0);
      steps.get(each.tenant)?.update(done / Math.max(1, each.all.length), describe(each));
    }
    await sleep(PAUSE);
  }
  for (const each of now.tenants) steps.get(each.tenant)?.done(describe(each));
  bars.stop();
  return now;
}

function describe({ all, left, round, heals, pending, requests, endedAt }: TenantProgress): string {
  const asked = count(requests, 'request');
  if (endedAt !== undefined) return `${count(all.length, 'endpoint')} compared, ${asked}`;
  if (pending?.kind === 'read' || heals.length > 0)
    return `reads ${pending?.kind === 'read' ? pending.run.endpoint : ''} again, ${asked}`;
  if (round > 1) return `compares ${count(left.length, 'endpoint')} again, ${asked}`;
  return `${all.length - left.length} of ${count(all.length, 'endpoint')} compared, ${asked}`;
}

function print(stdout: Shell['stdout'], tenants: readonly TenantProgress[], isJson: boolean): void {
  if (isJson) {
    const shown = tenants.map((each) => {
      const { tenant, run, startedAt, endedAt = null, from, until, bytes, endpoints, failures } = each;
      const range = { from: new Date(from).toISOString(), to: new Date(until + 1).toISOString() };
      return {
        tenant,
        run,
        startedAt,
        endedAt,
        ...range,
        ...summarizeProgress(each),
        bytes,
        failures,
        results: endpoints,
      };
    });
    stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  const rows = tenants.flatMap(({ tenant, all, endpoints }) =>
    all.map((endpoint) => {
      const tally = endpoints[endpoint];
      if (tally === undefined) return [tenant, endpoint, '-', '-', '-', '-', 'not compared'];
      const { windows, missing, healed, unproved, isProven } = tally;
      const state = isProven ? 'proven complete' : missing > 0 ? 'missing' : 'not provable';
      return [tenant, endpoint, windows, missing, healed, unproved, state];
    }),
  );
  stdout.write(formatTable(COLUMNS, rows, 2));
  for (const each of tenants) {
    const reasons = Object.entries(each.endpoints).flatMap(([endpoint, { reason }]) =>
      reason === null ? [] : [`${each.tenant} ${endpoint}: not provable: ${reason}\n`],
    );
    const failures = each.failures.map((sentence) => `${each.tenant}: ${sentence}\n`);
    stdout.write([...reasons, ...failures].join(''));
    const summary = summarizeProgress(each);
    const isOpen = each.endedAt === undefined ? ' (not finished)' : '';
    stdout.write(`${each.tenant}: audited ${summary.checkedAt}, ${formatTotals(summary)}${isOpen}\n`);
  }
}

function selectTenants(tenants: readonly string[], named: string | undefined): string[] {
  if (named === undefined) return [...tenants];
  if (tenants.includes(named)) return [named];
  throw new UsageError(
    `there is no tenant "${named}" in this deployment. Give --tenant, one of ${listNames(tenants, 'ccaip status --deployment lists all', named)}`,
  );
}
