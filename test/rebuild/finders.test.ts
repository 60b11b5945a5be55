import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import type { ListedObject } from '../../lambdas/aws/s3-objects.ts';
import type { Lake } from '../../lambdas/lake/lake.ts';
import { listLakeFolders } from '../../lambdas/lake/lake-folders.ts';
import type { AttemptContent } from '../../lambdas/rebuild/batch-content.ts';
import { NestedFinder } from '../../lambdas/rebuild/nested-finder.ts';
import { findNextBatches } from '../../lambdas/rebuild/next-batches.ts';
import { TailFinder } from '../../lambdas/rebuild/tail-finder.ts';

const CALLS = { kind: 'tail', path: '/calls', cursor: 'updated_at', eventTime: 'created_at' } as const;
const STATUSES = {
  kind: 'tail',
  path: '/a',
  cursor: 'started_at',
  eventTime: 'started_at',
  openUntil: 'ended_at',
} as const;
const READ_AT = '2026-03-02T18:00:00.000Z';
const at = (minute: number) => `2026-03-02T10:${String(minute).padStart(2, '0')}:00.000Z`;

/** An attempt with calls of these minutes. */
const attempt = (minutes: readonly number[], isComplete = true): AttemptContent => ({
  isComplete,
  records: minutes.map((minute) => ({
    record: { id: minute, updated_at: at(minute), created_at: at(0) },
    dt: '2026-03-02',
    extractedAt: READ_AT,
    batch: '0000000001',
    isMarker: false,
  })),
});

function cursorAfter(...batches: readonly (readonly AttemptContent[])[]): string | null {
  const finder = new TailFinder(CALLS, { cursor: null, next: null, open: '' });
  for (const attempts of batches) finder.add({ attempts });
  return finder.position([]).cursor;
}

describe('the cursor of a tail', () => {
  it('is where the last batch began that goes beyond the others, because it may not be committed', () => {
    expect(cursorAfter([attempt([1, 5])])).toBeNull();
    expect(cursorAfter([attempt([1, 5])], [attempt([5, 9])])).toBe(at(5));
    expect(cursorAfter([attempt([1, 5])], [attempt([5, 9])], [attempt([9, 12])])).toBe(at(9));
  });

  it('is not moved by backfills and requeues, which are behind it', () => {
    expect(cursorAfter([attempt([1, 5])], [attempt([2, 3])], [attempt([4])])).toBeNull();
    expect(cursorAfter([attempt([1, 5])], [attempt([5, 9])], [attempt([2, 3])])).toBe(at(5));
  });

  it('is never where an attempt with missing objects ended, even if another attempt of that number was complete', () => {
    expect(cursorAfter([attempt([1, 5])], [attempt([6, 40], false)], [attempt([50])])).toBe(at(5));
    const backfill = attempt([2, 3]);
    expect(cursorAfter([attempt([1, 5])], [attempt([6, 40], false), backfill], [attempt([6, 45], false)])).toBe(at(5));
  });

  it('stays behind the time of reading by the longest time that a tenant may give records to appear', () => {
    const late = attempt([5]).records.map((each) => ({ ...each, extractedAt: at(6) }));
    expect(cursorAfter([{ isComplete: true, records: late }], [attempt([9])])).toBe('2026-03-02T09:06:00.000Z');
  });

  it('is not moved by a time in the future', () => {
    const future = attempt([5, 50]).records.map((each) => ({ ...each, extractedAt: at(6) }));
    expect(cursorAfter([{ isComplete: true, records: future }], [attempt([9])])).toBe('2026-03-02T09:06:00.000Z');
    expect(cursorAfter([{ isComplete: true, records: future }], [attempt([4])])).toBeNull();
  });
});

describe('open records', () => {
  it('are those whose last reading has no end', () => {
    const status = (id: number, ended_at: string | null): AttemptContent => ({
      isComplete: true,
      records: [
        {
          record: { id, started_at: at(id), ended_at },
          dt: '2026-03-02',
          extractedAt: READ_AT,
          batch: '1',
          isMarker: false,
        },
      ],
    });
    const finder = new TailFinder(STATUSES, { cursor: null, next: null, open: '' });
    for (const each of [status(1, null), status(2, null), status(1, at(9))]) finder.add({ attempts: [each] });
    expect(finder.position([]).position.open).toMatch(/^2:/);
    expect(new TailFinder(STATUSES, finder.store()).position([]).position.open).toBe(finder.position([]).position.open);
  });
});

describe('the position of nested records', () => {
  const inside = (batches: readonly number[], isComplete = true): AttemptContent => ({
    isComplete,
    records: batches.map((batch) => ({
      record: { id: 1, _parent_type: 'call' },
      dt: '2026-03-02',
      extractedAt: READ_AT,
      batch: String(batch).padStart(10, '0'),
      isMarker: false,
    })),
  });
  const readAfter = (...batches: readonly AttemptContent[]) => {
    const finder = new NestedFinder({ parents: {}, cursor: null });
    for (const each of batches) finder.add({ attempts: [each] });
    return finder.position().position.parents;
  };

  it('is the last batch of the parent before those of the last batch', () => {
    expect(readAfter(inside([1, 2, 3]))).toEqual({ call: 0 });
    expect(readAfter(inside([1, 2, 3]), inside([4, 5]))).toEqual({ call: 3 });
  });

  it('does not pass a parent batch that was committed in parts', () => {
    expect(readAfter(inside([1, 2]), inside([3, 4, 5]), inside([3, 4, 5, 6], false))).toEqual({ call: 2 });
  });

  it('is not lowered by a requeue', () => {
    expect(readAfter(inside([1, 2]), inside([3, 4]), inside([1]))).toEqual({ call: 2 });
  });
});

describe('the next batches', () => {
  const endpoint = findEndpoint('agent');
  const folders = endpoint === undefined ? [] : listLakeFolders(endpoint, 'acme');
  const keyOf = (day: number, seq: number) =>
    `raw/agent/tenant=acme/dt=2026-03-${String(day).padStart(2, '0')}/${String(seq).padStart(10, '0')}-a.ndjson.gz`;

  it('come complete and in order, whatever fits into memory, and never more than twice of that is kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 40 })), {
          selector: String,
          maxLength: 120,
        }),
        fc.integer({ min: 1, max: 30 }),
        async (places, maxObjects) => {
          const keys = places.map(([day, seq]) => keyOf(day, seq)).sort();
          const lake = {
            async *list(folder: string): AsyncGenerator<ListedObject> {
              for (const key of keys.filter((each) => each.startsWith(folder))) yield { key, bytes: 1, writtenAt: 0 };
            },
          } as unknown as Lake;
          const found: [number, number][] = [];
          for (let after = 0, isLast = false; !isLast; ) {
            const next = await findNextBatches(lake, folders, after, maxObjects, async () => undefined);
            const size = [...next.batches.values()].flat().length;
            if (next.batches.size > 1) expect(size).toBeLessThanOrEqual(maxObjects);
            if (!next.isLast) expect(next.batches.size).toBeGreaterThan(0);
            for (const [seq, objects] of next.batches) found.push([seq, objects.length]);
            ({ isLast } = next);
            after = found.at(-1)?.[0] ?? 0;
          }
          const expected = new Map<number, number>();
          for (const [, seq] of places) expected.set(seq, (expected.get(seq) ?? 0) + 1);
          expect(found).toEqual([...expected].sort(([a], [b]) => a - b));
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });
});
