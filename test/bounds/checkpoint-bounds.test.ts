import { describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { Warnings } from '../../lambdas/runs/run-summary.ts';
import { MAX_DAYS_OF_BATCH } from '../../lambdas/sources/split-batch.ts';
import { Fingerprints } from '../../lambdas/sources/tail/fingerprints.ts';
import { MAX_OPEN_RECORDS, OpenRecords } from '../../lambdas/sources/tail/open-records.ts';
import { TailPosition } from '../../lambdas/sources/tail/tail-position.ts';
import { NOW, World } from '../runs/run-world.ts';
import { itemSize } from '../support/item-size.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { itemsOf } from '../support/test-stores.ts';

/** Bytes of an item of DynamoDB. */
const MAX_ITEM = 400 * 1024;
const AT = Date.parse(NOW);

const longId = (index: number) => String(8_000_000_000_000_000_000n + BigInt(index));

/** The position of a tail that has as much to remember as it can. */
function createPosition(open: number, unreadable: number, taken: number) {
  const position = TailPosition.parse(undefined, false);
  for (let i = 0; i < taken; i++) position.taken.add(Fingerprints.keyOf(longId(i), 'a'), `digest${i}`, AT - i);
  for (let i = 0; i < unreadable; i++) {
    const from = AT - 3_600_000 * (i + 1);
    const place = `/agent_activity_logs from ${new Date(from).toISOString()} record ${i}`;
    position.unreadable.note({ from, until: from + 1, place, reason: 'r'.repeat(10_000) }, AT);
  }
  const stillOpen = OpenRecords.parse('');
  for (let i = 0; i < open; i++) stillOpen.add(longId(i), AT - i * 1000);
  return position.next(AT, 0, stillOpen);
}

/** The objects of a batch of the largest number of days: a day has six at most. */
const OBJECTS = Array.from({ length: MAX_DAYS_OF_BATCH * 6 }, (_, index) => ({
  key: `segments/agent_status_history/tenant=${'t'.repeat(40)}/dt=2026-03-02/0000000001-${String(index).padStart(12, '0')}.ndjson.gz`,
  zone: 'segments',
  dt: '2026-03-02',
  records: 1_000,
  bytes: 1_000_000,
}));

describe('the checkpoint', () => {
  it.each([
    ['0.9 of', 0.9 * MAX_OPEN_RECORDS, 90, 13_000],
    ['all', MAX_OPEN_RECORDS, 100, 15_000],
    ['100 times', 100 * MAX_OPEN_RECORDS, 2_000, 1_500_000],
  ])('of a tail with %s the records that it can remember fits into an item', (_what, open, unreadable, taken) => {
    const warnings = new Warnings();
    for (let i = 0; i < 10_000; i++) warnings.add(`${i} ${'ü'.repeat(10_000)}`);
    const position = createPosition(open, unreadable, taken);
    const item = {
      position: JSON.stringify(position),
      lastEntry: { seq: 1, run: 'r'.repeat(100), objects: OBJECTS },
      lastRun: { warnings: warnings.list(), error: 'ü'.repeat(2_000) },
    };
    expect(itemSize(item)).toBeLessThan(MAX_ITEM);
    expect(position.open.split(' ')).toHaveLength(Math.min(open, MAX_OPEN_RECORDS));
    expect(position.unreadable?.length).toBeLessThanOrEqual(100);
    // all unreadable records are in a range that is tried again
    const until = AT - 3_600_000 * unreadable;
    expect(Date.parse(position.unreadable?.[0]?.from ?? '')).toBe(until);
  });

  it('keeps an error of a bounded length', async () => {
    const world = await World.create(memoryStores());
    const failing = world.ingest('call', {
      effects: world.time.effects({
        fetch: async () => Promise.reject(new Error('fetch failed', { cause: new Error('x'.repeat(1_000_000)) })),
      }),
    });
    await expect(failing).rejects.toThrow();
    expect((await world.status('call'))?.lastRun?.error?.length).toBeLessThanOrEqual(2_000);
    const items = await itemsOf(world.aws, world.environment.STATE_TABLE);
    expect(Math.max(...items.map(itemSize))).toBeLessThan(10_000);
  });
});

describe('a line in the log', () => {
  it('about a failure is JSON of less than 256 kB, however long the error is', async () => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    const lines: string[] = [];
    vi.spyOn(console, 'error').mockImplementation((...text) => void lines.push(text.join(' ')));
    const { logFailure } = await import('../../lambdas/handlers/run-report.ts');
    for (const length of [10, 15_000, 2_000_000]) logFailure(undefined, 'transient', new Error('x'.repeat(length)));
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(Buffer.byteLength(line)).toBeLessThan(256 * 1024);
      expect(JSON.parse(line)).toMatchObject({ message: 'run failed', error: { name: 'Error' } });
    }
  });
});

it('names of endpoints are no longer than in the checkpoint above', () => {
  for (const { name } of ENDPOINTS) expect(name.length).toBeLessThanOrEqual('agent_status_history'.length);
});
