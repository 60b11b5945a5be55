import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CurationPosition } from '../../lambdas/curation/curation-event.ts';
import { planNextDays } from '../../lambdas/curation/next-days.ts';
import type { Zone } from '../../lambdas/lake/stored-object.ts';
import type { LedgerEntry } from '../../lambdas/ledger/ledger-entry.ts';

const MOST = 60;
const day = (number: number) => new Date(Date.UTC(2025, 0, 1 + number)).toISOString().slice(0, 10);

function batchOf(seq: number, days: readonly number[], zone: Zone = 'raw'): LedgerEntry {
  const objects = days.map((number) => ({ key: '', zone, dt: day(number), records: 1, bytes: 1 }));
  return {
    formatVersion: 1,
    seq,
    run: 'r',
    scheduledTime: '',
    committedAt: '',
    extractedAt: '',
    from: null,
    to: null,
    records: 1,
    quarantined: 0,
    requests: 1,
    seconds: 1,
    objects,
  };
}

/** Every step through a ledger until its end. */
async function walk(batches: readonly LedgerEntry[], zone: Zone = 'raw') {
  const steps: { from: CurationPosition; to: CurationPosition; days: readonly string[] }[] = [];
  for (let from: CurationPosition = { seq: 0, day: '' }; ; ) {
    const after = batches.filter(({ seq }) => seq > from.seq);
    const { days, to } = await planNextDays(fromArray(after), zone, from);
    if (to.seq === from.seq && to.day === from.day) return { steps, end: from };
    steps.push({ from, to, days });
    from = to;
  }
}

async function* fromArray(batches: readonly LedgerEntry[]) {
  yield* batches;
}

it('selects as many batches as fit into one statement by their days', async () => {
  const { steps } = await walk([
    batchOf(1, [1, 2]),
    batchOf(2, [2, 3]),
    batchOf(
      3,
      Array.from({ length: 58 }, (_, n) => n + 9),
    ),
  ]);
  expect(steps.map(({ days, to }) => [days.length, to])).toEqual([
    [3, { seq: 2, day: '' }],
    [58, { seq: 3, day: '' }],
  ]);
});

it('selects a batch with more days in parts', async () => {
  const { steps } = await walk([
    batchOf(
      1,
      Array.from({ length: 130 }, (_, n) => n),
    ),
    batchOf(2, [0]),
  ]);
  expect(steps.map(({ days, to }) => [days[0], days.length, to])).toEqual([
    [day(0), 60, { seq: 0, day: day(59) }],
    [day(60), 60, { seq: 0, day: day(119) }],
    // with the day of the second batch
    [day(0), 11, { seq: 2, day: '' }],
  ]);
});

it('skips batches without a day in the zone', async () => {
  const { steps } = await walk([batchOf(1, [1], 'quarantine'), batchOf(2, [])]);
  expect(steps).toEqual([{ from: { seq: 0, day: '' }, to: { seq: 2, day: '' }, days: [] }]);
});

it('merges every day of every batch, after the batch is committed, and never too many at once', async () => {
  const ledger = fc.array(fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 140 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(ledger, async (list) => {
      const batches = list.map((days, index) => batchOf(index + 1, days));
      const { steps, end } = await walk(batches);
      expect(end).toEqual({ seq: batches.length, day: '' });
      for (const { days } of steps) expect(days.length).toBeLessThanOrEqual(MOST);
      for (const { seq, objects } of batches)
        for (const { dt } of objects) {
          // a step that ends behind the batch, or inside it at that day or later, and has the day
          const merged = steps.some(
            ({ days, from, to }) => days.includes(dt) && (to.seq >= seq || from.seq === seq - 1),
          );
          expect(merged).toBe(true);
        }
    }),
  );
});
