import { headSchema } from '../../../lambdas/ledger/checkpoint.ts';
import { type LedgerBatch, ledgerBatchSchema } from '../../../lambdas/ledger/ledger-entry.ts';
import type { Item } from '../aws/document.ts';
import { linesOf } from './lake-view.ts';
import type { Report } from './violation.ts';

/** The batches in the ledger, in order. */
export const readLedger = (items: readonly Item[], place: string): LedgerBatch[] =>
  items
    .filter(({ pk, sk }) => pk === place && String(sk).startsWith('batch#'))
    .map((item) => ledgerBatchSchema.parse(item));

/** The ledger is gapless, and every object it names is there with as many records and bytes. */
export function checkLedger(
  head: Item | undefined,
  ledger: readonly LedgerBatch[],
  objects: ReadonlyMap<string, Uint8Array>,
  now: number,
  report: Report,
): void {
  if (head === undefined) {
    report('ledger', 'head', 'is missing');
    return;
  }
  const { seq, appended, records, quarantined, leaseUntil, lastRun } = headSchema.parse(head);
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
  if (seq !== ledger.length) report('ledger', 'head', `stands at batch ${seq}, the ledger has ${ledger.length}`);
  if (appended !== seq) report('ledger', 'head', `says that batch ${appended} of ${seq} is the last one appended`);
  for (const [name, total] of Object.entries({ records, quarantined })) {
    const sum = ledger.reduce((all, batch) => all + (name === 'records' ? batch.records : batch.quarantined), 0);
    if (sum !== total) report('ledger', 'head', `counts ${total} ${name}, the ledger ${sum}`);
  }
  if (leaseUntil > now) report('unlocked', 'head', `the lease is held until ${new Date(leaseUntil).toISOString()}`);
  if (lastRun?.outcome !== 'done') report('unlocked', 'head', `the last run ended with "${lastRun?.outcome}"`);
}
