import type { LastRun } from '../../lambdas/ledger/checkpoint.ts';
import type { LedgerEntry } from '../../lambdas/ledger/ledger-entry.ts';

const AT = '2026-03-02T12:00:00.000Z';

/** A committed batch with `seq` records. */
export const batch = (seq: number, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  formatVersion: 1,
  seq,
  run: 'run-1',
  scheduledTime: AT,
  committedAt: AT,
  extractedAt: AT,
  from: AT,
  to: null,
  records: 3,
  quarantined: 1,
  requests: 2,
  seconds: 0.5,
  objects: [
    {
      key: `raw/call/tenant=acme/dt=2026-03-02/${seq}.ndjson.gz`,
      zone: 'raw',
      dt: '2026-03-02',
      records: 3,
      bytes: 99,
    },
  ],
  ...changes,
});

export const lastRun = (changes: Partial<LastRun> = {}): LastRun => ({
  run: 'run-1',
  scheduledTime: AT,
  startedAt: AT,
  endedAt: AT,
  completeTo: AT,
  outcome: 'done',
  continuation: 0,
  records: 3,
  requests: 2,
  ...changes,
});
