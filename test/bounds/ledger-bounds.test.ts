import { describe, expect, it } from 'vitest';
import { call, NOW, World } from '../runs/run-world.ts';
import { itemSize } from '../support/item-size.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { itemsOf } from '../support/test-stores.ts';

/** Bytes of an item of DynamoDB. */
const MAX_ITEM = 400 * 1024;

/** Calls that are changed today, each created at midnight of another day. */
function callsOfDays(world: World, days: number) {
  const rows = world.platform.rows('/calls');
  for (let day = 0; day < days; day++) {
    const created_at = new Date(Date.parse('2026-02-28T00:00:30.000Z') - day * 86_400_000).toISOString();
    const updated_at = new Date(Date.parse(NOW) - 7_200_000 + day * 1000).toISOString();
    rows.push(call(day + 1, 60, { created_at, updated_at }));
  }
}

describe('a batch with records of many days', () => {
  it.each([45, 50, 51, 1_000])('(%i) is committed, and no item is too large', async (days) => {
    const world = await World.create(memoryStores());
    callsOfDays(world, days);
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: days });
    const items = await itemsOf(world.aws, world.environment.STATE_TABLE);
    expect(Math.max(...items.map(itemSize))).toBeLessThan(MAX_ITEM / 4);
    const entries = await world.ledger('call');
    expect(entries.length).toBe(Math.ceil(days / 50));
    expect(entries.reduce((sum, { records }) => sum + records, 0)).toBe(days);
    const ids = (await world.objects('raw/call/')).flatMap(({ records }) => records.filter(({ _none }) => !_none));
    expect(new Set(ids.map(({ id }) => id)).size).toBe(days);
    expect(await world.ingest('call')).toMatchObject({ records: 0, batches: 0 });
    expect(await world.ingest('call_participant')).toMatchObject({ outcome: 'done', records: 2 * days });
  });

  it.each([23, 25, 26, 500])(
    '(%i), each of which moves to another one, is committed, and no item is too large',
    async (days) => {
      const world = await World.create(memoryStores());
      callsOfDays(world, days);
      await world.ingest('call');
      const before = (await world.ledger('call')).length;
      for (const [index, row] of world.platform.rows('/calls').entries()) {
        const created_at = new Date(Date.parse(String(row.created_at)) - days * 86_400_000).toISOString();
        Object.assign(row, { created_at, updated_at: new Date(Date.parse(NOW) - 600_000 + index).toISOString() });
      }
      expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: days });
      const entries = (await world.ledger('call')).slice(before);
      expect(entries.length).toBe(Math.ceil(days / 25));
      const items = await itemsOf(world.aws, world.environment.STATE_TABLE);
      expect(Math.max(...items.map(itemSize))).toBeLessThan(MAX_ITEM / 4);
    },
  );
});
