import { parseCheckpoint } from '../../../lambdas/ledger/checkpoint.ts';
import { type LedgerEntry, ledgerEntrySchema } from '../../../lambdas/ledger/ledger-entry.ts';
import type { Item } from '../aws/document.ts';
import { linesOf } from './lake-view.ts';
import type { Report } from './violation.ts';

/** The batches in the ledger, in order. */
export const readLedger = (items: readonly Item[], place: string): LedgerEntry[] =>
  items
    .filter(({ pk, sk }) => pk === place && String(sk).startsWith('batch#'))
    .map((item) => ledgerEntrySchema.parse(item));

/** The ledger is gapless, and every object it names is there with as many records and bytes. */
export function checkLedger(
  checkpoint: Item | undefined,
  ledger: readonly LedgerEntry[],
  objects: ReadonlyMap<string, Uint8Array>,
  now: number,
  report: Report,
): void {
  if (checkpoint === undefined) {
    report('ledger', 'checkpoint', 'is missing');
    return;
  }
  const { seq, appended, records, quarantined, leaseUntil, lastRun } = parseCheckpoint(checkpoint, 'the simulation');
  ledger.forEach((batch, index) => {
    if (batch.seq !== index + 1) report('ledger', `batch ${batch.seq}`, `follows batch ${index}`);
    for (const object of batch.objects) {
      const body = objects.get(object.key);
      if (body === undefined) report('ledger', object.key, 'does not exist');
      else if (body.length !== object.bytes)
        report('ledger', object.key, `has ${body.length} bytes, not ${object.bytes}`);
      else if (linesOf(body).length !== object.records)
        report('ledger', object.key, `has ${linesOf(body).length} records, not ${object.records}`);
    }
  });
  if (seq !== ledger.length) report('ledger', 'checkpoint', `stands at batch ${seq}, the ledger has ${ledger.length}`);
  if (appended !== seq)
    report('ledger', 'checkpoint', `says that batch ${appended} of ${seq} is the last one appended`);
  for (const [name, total] of Object.entries({ records, quarantined })) {
    const sum = ledger.reduce((all, batch) => all + (name === 'records' ? batch.records : batch.quarantined), 0);
    if (sum !== total) report('ledger', 'checkpoint', `counts ${total} ${name}, the ledger ${sum}`);
  }
  if (leaseUntil > now)
    report('unlocked', 'checkpoint', `the lease is held until ${new Date(leaseUntil).toISOString()}`);
  if (lastRun?.outcome !== 'done') report('unlocked', 'checkpoint', `the last run ended with "${lastRun?.outcome}"`);
}
