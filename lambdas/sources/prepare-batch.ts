import { type WriteContext, writeBatch } from '../lake/write-batch.ts';
import type { Batch } from '../ledger/committer.ts';
import type { SourceBatch } from './source.ts';
import type { BatchPart } from './split-batch.ts';

/** Prepares a batch of a source for the commit. */
export function prepareBatch(context: WriteContext, { batch, isLast }: BatchPart<SourceBatch>): Batch {
  const { extractedAt, from, to, taken, rejected, position, cursor } = batch;
  const records = taken.filter(({ marker }) => !marker).length;
  return {
    content: { extractedAt, from, to, records, quarantined: rejected.length },
    write: (seq) => writeBatch(context, batch, seq),
    move: () => (isLast ? { position: JSON.stringify(position), cursor } : {}),
  };
}
