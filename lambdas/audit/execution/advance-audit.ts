import { ENDPOINTS } from '../../../catalog/index.ts';
import { isoTime, readTimestamp } from '../../../catalog/timestamp.ts';
import { ConfigurationError } from '../../common/errors.ts';
import type { AuditWindow } from '../audit-window.ts';
import { type AuditAnswer, NO_STEP } from './audit-answer.ts';
import type { AuditEvent } from './audit-event.ts';
import { type AuditProgress, AuditProgressStore } from './audit-progress.ts';
import type { StepContext } from './compare-endpoint.ts';
import { createEnd, TenantSteps } from './tenant-steps.ts';

const DAY = 86_400_000;

/**
 * Does a step of the audit of a tenant, and says what the state machine does next. All progress is in the stores, so a step can be
 * repeated, and another execution of the same audit continues where this one stopped:
 *
 *     ask ──> query ──> compare ──> ask ──> query ──> ... all endpoints are compared
 *         ──> read again what is missing ──> compare those endpoints again ──> end
 *
 * @throws ConfigurationError if the order does not fit the deployment
 */
export async function advanceAudit(context: StepContext, event: AuditEvent): Promise<AuditAnswer> {
  const { tenant, order, execution, tenants } = event;
  checkOrder(order, tenants);
  if (order.tenants !== undefined && !order.tenants.includes(tenant.name)) return { next: 'skip' };
  const { aws, environment, effects } = context;
  const store = new AuditProgressStore(aws.dynamodb, environment.STATE_TABLE, tenant.name, effects.now);
  const known = await store.read();
  const run = order.scheduledTime ?? order.run ?? execution;
  if (known !== undefined && known.heldBy !== execution && known.heldUntil > effects.now())
    return { next: 'wait', step: NO_STEP };
  const progress = known?.run === run ? continueProgress(known, execution) : startProgress(event, run);
  if (progress.endedAt !== undefined) return createEnd(progress);
  try {
    return await new TenantSteps(context, event, store, progress).advance();
  } catch (error) {
    // the error matters more than a failed release: the hold then expires
    await store.release(execution).catch(() => undefined);
    throw error;
  }
}

/** Continues an audit. If it failed in another execution, the endpoints that are not proven are compared again. */
function continueProgress(known: AuditProgress, execution: string): AuditProgress {
  const progress = { ...known, heldBy: execution };
  if (known.endedAt === undefined || known.failures.length === 0 || known.heldBy === execution) return progress;
  const left = known.all.filter((name) => known.endpoints[name]?.isProven !== true);
  return { ...progress, endedAt: undefined, failures: [], round: 1, left, heals: [], again: [] };
}

function checkOrder({ tenants: named = [], endpoints = [] }: AuditEvent['order'], tenants: readonly string[]): void {
  for (const name of named)
    if (!tenants.includes(name))
      throw new ConfigurationError(`there is no tenant "${name}": give one of ${tenants.join(', ')}`);
  const names = ENDPOINTS.map(({ name }) => name);
  for (const name of endpoints)
    if (!names.includes(name))
      throw new ConfigurationError(`there is no endpoint "${name}": give one of ${names.join(', ')}`);
}

function startProgress({ order, endpoints, execution, startedAt }: AuditEvent, run: string): AuditProgress {
  const chosen = new Set(order.endpoints ?? endpoints);
  const all = ENDPOINTS.map(({ name }) => name).filter((name) => chosen.has(name) && endpoints.includes(name));
  const range = readRange(order, order.scheduledTime ?? startedAt);
  return {
    ...{ formatVersion: 1, run, startedAt: order.scheduledTime ?? startedAt, ...range },
    ...{ all, round: 1, left: all, step: 0, attempts: 0, lost: 0, heals: [], again: [], endpoints: {} },
    ...{ requests: 0, bytes: 0, failures: [], heldBy: execution, heldUntil: 0 },
  };
}

/** Reads the range in whole days from its first day on. @throws ConfigurationError if there is no such range */
function readRange({ from, to, days }: AuditEvent['order'], startedAt: string): AuditWindow {
  const end = readTimestamp(to ?? startedAt);
  if (from === undefined && days === undefined)
    throw new ConfigurationError('the order has no range: give "days", or "from" and "to"');
  const start = from === undefined ? end - (days ?? 0) * DAY : readTimestamp(from);
  if (start >= end) throw new ConfigurationError(`the range ends before it starts: ${from} to ${isoTime(end)}`);
  return { from: Math.floor(start / DAY) * DAY, until: end - 1 };
}
