import { describe, expect, it } from 'vitest';
import { MAX_DEPTH } from '../../lambdas/common/json.ts';
import { MAX_ANSWER_BYTES } from '../../lambdas/platform/answer-body.ts';
import { replayOf } from '../replay/replay-world.ts';
import { call, World } from '../runs/run-world.ts';
import { askLake } from '../support/ask-lake.ts';
import { memoryStores } from '../support/memory-stores.ts';

describe('a record', () => {
  it.each([
    [4_500_000, 3],
    [0.9 * MAX_ANSWER_BYTES, 3],
    [MAX_ANSWER_BYTES, 2],
  ])('of %d bytes is in the views, or isolated, and so are the others', async (bytes, taken) => {
    const world = await World.create(memoryStores());
    const rows = world.calls(3);
    Object.assign(rows[1] ?? {}, { sub_status: 'x'.repeat(bytes) });
    const summary = await world.ingest('call');
    expect(summary).toMatchObject({ outcome: 'done', records: taken, unreadable: 3 - taken });
    const [calls, quarantine] = await askLake(world, [
      'SELECT id, length(sub_status) AS length FROM call ORDER BY id',
      'SELECT reason FROM quarantine',
    ]);
    expect(calls?.map(({ id }) => Number(id))).toEqual(taken === 3 ? [1, 2, 3] : [1, 3]);
    if (taken === 3) expect(Number(calls?.[1]?.length)).toBe(bytes);
    else expect(quarantine).toEqual([{ reason: expect.stringMatching(/^unreadable: .*more than 10 MB/) }]);
  });

  it('that is rejected is in the view of the quarantine, however large', async () => {
    const world = await World.create(memoryStores());
    world.calls(1);
    world.calls(1, { created_at: null, note: 'x'.repeat(0.9 * MAX_ANSWER_BYTES) });
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 1, quarantined: 1 });
    const [entries] = await askLake(world, ['SELECT reason FROM quarantine']);
    expect(entries).toEqual([{ reason: expect.stringContaining('created_at') }]);
  });

  it.each([
    ['0.9 of', Math.floor(0.9 * MAX_DEPTH), 3],
    ['as many as', MAX_DEPTH, 3],
    ['one more than', MAX_DEPTH + 1, 2],
    ['100 times', 100 * MAX_DEPTH, 2],
    ['2,500 times', 2_500 * MAX_DEPTH, 2],
  ])('with %s the levels that are taken is in the views, or in quarantine', async (_what, depth, taken) => {
    const world = await World.create(memoryStores());
    const deep = `"deep":${'['.repeat(depth - 1)}9007199254740993${']'.repeat(depth - 1)}`;
    const texts = [1, 2, 3].map((id) => JSON.stringify(call(id, 90 - id)));
    texts[1] = `${texts[1]?.slice(0, -1)},${deep}}`;
    // a number beyond 2^53 is read by a slower reader, which runs out of stack at some depth
    const body = taken === 3 ? texts : texts.map((text) => text.replace('9007199254740993', '1'));
    world.platform.answer = () => ({ body: `[${body.join(',')}]`, headers: {} });
    const quarantined = 3 - taken;
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: taken, quarantined });
    expect(await world.ingest('call_participant')).toMatchObject({ outcome: 'done', records: 2 * taken });
    const [calls, segments, quarantine] = await askLake(world, [
      'SELECT id FROM call',
      'SELECT call_id FROM call_segments',
      'SELECT reason, length(record) AS length FROM quarantine',
    ]);
    expect([calls?.length, segments?.length]).toEqual([taken, taken]);
    expect(quarantine).toHaveLength(quarantined);
    if (quarantined > 0) {
      expect(quarantine?.[0]).toMatchObject({
        reason: `objects and arrays are nested deeper than ${MAX_DEPTH} levels`,
      });
      expect(Number(quarantine?.[0]?.length)).toBeLessThan(20_000);
    }
    expect(await replayOf(world)).toMatchObject({ outcome: 'done' });
  });

  it('that is nested too deep for the reader of long numbers is isolated, and the others are taken', async () => {
    const world = await World.create(memoryStores());
    const texts = new Map([1, 2, 3].map((id) => [id, JSON.stringify(call(id, 90 - id))]));
    world.calls(0);
    world.platform.rows('/calls').push(...[1, 2, 3].map((id) => call(id, 90 - id)));
    const usual = world.platform.fetch;
    const deep = `${'['.repeat(500_000)}9007199254740993${']'.repeat(500_000)}`;
    const summary = await world.ingest('call', {
      effects: world.time.effects({
        fetch: async (input, init) => {
          const answer = await usual(input, init);
          const rows: { id: number }[] = JSON.parse(await answer.text());
          const written = rows.map(({ id }) => (id === 2 ? `{"id":2,"deep":${deep}}` : texts.get(id)));
          return new Response(`[${written.join(',')}]`, { headers: answer.headers });
        },
      }),
    });
    expect(summary).toMatchObject({ outcome: 'done', records: 2, unreadable: 1 });
  });
});
