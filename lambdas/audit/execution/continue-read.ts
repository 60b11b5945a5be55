import type { AuditDone } from './audit-event.ts';
import type { PendingRead } from './audit-progress.ts';

/** Number of pauses for a lease that another run holds. */
const MAX_TRIES = 15;

/** What remains of a run that heals. Undefined if it is done. */
export function continueRead(
  pending: PendingRead,
  { outcome, reached }: NonNullable<AuditDone['read']>,
): PendingRead | undefined {
  const { run, tries } = pending;
  if (outcome === 'done') return undefined;
  // a live run whose time is up starts its successor, which holds the lease
  const mustWait = outcome === 'lease_held' || run.range === undefined;
  if (mustWait) return tries < MAX_TRIES ? { ...pending, tries: tries + 1, mustWait } : undefined;
  if (run.range === undefined || reached === undefined) return pending;
  return { ...pending, run: { ...run, range: { ...run.range, from: reached } } };
}
