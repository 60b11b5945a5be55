import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INVALID_EVENT_TIME } from '../../catalog/timestamp.ts';
import { ContractError } from '../../lambdas/common/errors.ts';
import { BATCH_RECORDS } from '../../lambdas/sources/source.ts';
import type { Row } from '../support/fake-platform.ts';
import { drain, HOUR, idsOf, iso, MINUTE, NOW, SECOND, Setup } from './source-setup.ts';

describe('a first run', () => {
  it('reads everything from the start of history, in the order of the cursor', async () => {
    const setup = new Setup();
    setup.calls(1 * HOUR, 3 * HOUR, 49 * HOUR, 2 * HOUR);
    const drained = await drain(setup.tail('call', Date.parse(NOW) - 48 * HOUR));
    expect(idsOf(drained)).toEqual([2, 4, 1]);
    expect(drained.end).toMatchObject({ more: false, completeTo: NOW, cursor: setup.ago(HOUR) });
  });

  it('keeps each record unchanged, dated by its event and not by its last change', async () => {
    const setup = new Setup();
    const row = { id: 7, created_at: '2026-02-27T23:59:59Z', updated_at: setup.ago(HOUR), new_key: { a: [1, null] } };
    setup.platform.rows('/calls').push(row);
    const { batches } = await drain(setup.tail());
    expect(batches[0]?.taken).toEqual([{ record: row, json: JSON.stringify(row), dt: '2026-02-27', extractedAt: NOW }]);
    expect(batches[0]).toMatchObject({ from: row.updated_at, to: row.updated_at, cursor: row.updated_at });
  });

  it('makes batches of a bounded number of records, rounded up to the page', async () => {
    const setup = new Setup();
    const records = 2 * BATCH_RECORDS + 350;
    setup.calls(...Array.from({ length: records }, (_, i) => 2 * HOUR - i * SECOND));
    const drained = await drain(setup.tail());
    const sizes = drained.batches.map(({ taken }) => taken.length);
    expect(sizes).toHaveLength(3);
    for (const size of sizes.slice(0, -1)) expect(size >= BATCH_RECORDS && size < BATCH_RECORDS + 100).toBe(true);
    expect(new Set(idsOf(drained)).size).toBe(records);
  });

  it('makes smaller batches of large records', async () => {
    const setup = new Setup();
    for (const row of setup.calls(3 * HOUR, 2 * HOUR, HOUR)) row.transcript = 'x'.repeat(8_000_000);
    setup.calls(...new Array(100).fill(MINUTE * 30));
    const { batches } = await drain(setup.tail());
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flatMap(({ taken }) => taken)).toHaveLength(103);
  });

  it('of a platform without records commits nothing and reports the time up to which it read', async () => {
    const setup = new Setup();
    const { batches, end } = await drain(setup.tail());
    expect(batches).toEqual([]);
    expect(end).toMatchObject({ more: false, completeTo: NOW, cursor: null });
  });

  it('keeps the lease before every request', async () => {
    const setup = new Setup();
    setup.calls(...Array.from({ length: 250 }, (_, i) => HOUR - i * SECOND));
    await drain(setup.tail());
    expect(setup.keptAlive).toBe(setup.platform.requests.length);
  });
});

describe('a run after another', () => {
  it('accepts nothing if nothing changed', async () => {
    const setup = new Setup();
    setup.calls(...new Array(150).fill(5 * MINUTE), 3 * MINUTE, 10 * SECOND);
    const first = await drain(setup.tail());
    const second = await drain(setup.tail(), first.position);
    expect(second.batches).toEqual([]);
    // later answers have later times
    const { cursor } = second.position as { cursor: string };
    expect(second.position).toEqual({ ...(first.position as object), cursor });
  });

  it('accepts a record that shares the cursor time with the last accepted one', async () => {
    const setup = new Setup();
    setup.calls(HOUR, HOUR);
    const first = await drain(setup.tail());
    setup.calls(HOUR);
    expect(idsOf(await drain(setup.tail(), first.position))).toEqual([3]);
  });

  it('accepts a record that appeared late, up to ten minutes before the cursor', async () => {
    const setup = new Setup();
    setup.calls(HOUR);
    const first = await drain(setup.tail());
    setup.calls(HOUR + 10 * MINUTE, HOUR + 10 * MINUTE + 1);
    expect(idsOf(await drain(setup.tail(), first.position))).toEqual([2]);
  });

  it('reads nothing before the start of the first run until that is a look-back away, whatever the start is today', async () => {
    const setup = new Setup();
    setup.calls(HOUR + 5 * MINUTE, HOUR);
    const start = Date.parse(setup.ago(HOUR + MINUTE));
    const first = await drain(setup.tail('call', start));
    const second = await drain(setup.tail('call', start + HOUR), first.position);
    expect([first, second].map(idsOf)).toEqual([[2], []]);
    setup.calls(30 * MINUTE);
    const third = await drain(setup.tail('call', start), second.position);
    expect(idsOf(third)).toEqual([3]);
    expect(first.position).toHaveProperty('start', iso(start));
    expect(third.position).not.toHaveProperty('start');
  });

  it('accepts a changed record again although its cursor did not move', async () => {
    const setup = new Setup();
    const [row = {}] = setup.calls(HOUR, HOUR);
    const first = await drain(setup.tail());
    row.rating = 5;
    const second = await drain(setup.tail(), first.position);
    expect(second.records).toEqual([row]);
  });

  it('reads from ten minutes before the cursor, inclusive, in the order of the cursor', async () => {
    const setup = new Setup();
    setup.calls(HOUR);
    const first = await drain(setup.tail());
    setup.platform.requests.length = 0;
    await drain(setup.tail(), first.position);
    expect(Object.fromEntries(setup.platform.requests[0]?.searchParams ?? [])).toEqual({
      'updated_at[from]': setup.ago(HOUR + 10 * MINUTE),
      page: '1',
      per: '100',
      sort_column: 'updated_at',
      sort_direction: 'ASC',
    });
  });
});

describe('a run after one that failed', () => {
  it('accepts again what it reads again: the failed run may have written something else', async () => {
    const setup = new Setup();
    setup.calls(5 * MINUTE, 20 * MINUTE);
    const { end } = await drain(setup.tail());
    expect((await drain(setup.tail(), end.position)).records).toEqual([]);
    const again = await drain(setup.tail('call', undefined, true), end.position);
    expect(again.records.map(({ id }) => id)).toEqual([1]);
    expect((await drain(setup.tail(), again.end.position)).records).toEqual([]);
  });
});

describe('the cursor', () => {
  it('stays a minute behind now, while newer records are accepted, each once', async () => {
    const setup = new Setup();
    setup.calls(2 * MINUTE, 30 * SECOND, 0);
    const first = await drain(setup.tail());
    expect(idsOf(first)).toEqual([1, 2, 3]);
    expect(first.end.cursor).toBe(setup.ago(MINUTE));
    expect((await drain(setup.tail(), first.position)).batches).toEqual([]);
  });

  it("follows the platform's clock if ours is wrong", async () => {
    for (const skew of [-9 * MINUTE, 9 * MINUTE]) {
      const setup = new Setup();
      setup.skew = skew;
      setup.calls(2 * MINUTE, 30 * SECOND);
      const { end, batches } = await drain(setup.tail());
      expect(end.cursor).toBe(setup.ago(MINUTE));
      expect(end.completeTo).toBe(setup.ago(0));
      expect(batches[0]?.extractedAt).toBe(setup.ago(0));
    }
  });

  it('never goes back', async () => {
    const setup = new Setup();
    const [row = {}] = setup.calls(HOUR);
    const first = await drain(setup.tail());
    row.updated_at = setup.ago(HOUR + 5 * MINUTE);
    expect((await drain(setup.tail(), first.position)).end.cursor).toBe(setup.ago(HOUR));
  });
});

describe('when time is up', () => {
  it('a run stops after the page it has read and the next one continues without loss', async () => {
    const setup = new Setup();
    setup.calls(...Array.from({ length: 450 }, (_, i) => 2 * HOUR - i * SECOND));
    setup.timeIsUp = () => true;
    const ids: unknown[] = [];
    let position: unknown;
    let runs = 0;
    for (let more = true; more; runs++) {
      const drained = await drain(setup.tail(), position);
      ids.push(...idsOf(drained));
      position = drained.position;
      more = drained.end.more;
      if (more) expect(drained.end.completeTo).toBeNull();
      if (runs > 4) setup.timeIsUp = () => false;
    }
    expect(runs).toBeGreaterThan(3);
    expect(ids).toEqual(Array.from({ length: 450 }, (_, i) => i + 1));
  });
});

describe('whatever happens between and during runs', () => {
  type Event = { wait: number; touched: number[]; pagesUntilTimeIsUp: number; crashAfter: number | null };
  const event = fc.record({
    wait: fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * MINUTE),
    touched: fc.array(fc.nat({ max: 60 }), { maxLength: 8 }),
    pagesUntilTimeIsUp: fc.integer({ min: 1, max: 8 }),
    crashAfter: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
  });
  const rules = fc.record({ pageSize: fc.integer({ min: 2, max: 15 }), total: fc.boolean(), link: fc.boolean() });

  it('every version that exists at the end is accepted, and none is committed twice', async () => {
    await fc.assert(
      fc.asyncProperty(rules, fc.nat({ max: 50 }), fc.array(event, { maxLength: 8 }), async (habits, count, events) => {
        const setup = new Setup(habits);
        const rows = setup.calls(...Array.from({ length: count }, (_, i) => (1 + (i % 5)) * HOUR));
        const touch = (number: number) => {
          const row = rows[number];
          if (row === undefined) rows.push(...setup.calls(0));
          else Object.assign(row, { updated_at: setup.ago(0), version: Number(row.version ?? 1) + 1 });
        };
        const committed: string[] = [];
        let position: unknown;
        const run = async ({ wait, touched, pagesUntilTimeIsUp, crashAfter }: Event) => {
          setup.time.time += wait;
          let pages = 0;
          const changes = [...touched];
          setup.platform.beforeRequest = () => {
            pages += 1;
            setup.time.time += 200;
            const number = changes.shift();
            if (number !== undefined) touch(number);
          };
          setup.timeIsUp = () => pages >= pagesUntilTimeIsUp;
          const iterator = setup.tail().batches(position);
          for (let batches = 0; ; batches++) {
            if (batches === crashAfter) return;
            const step = await iterator.next();
            position = JSON.parse(JSON.stringify(step.value.position ?? position));
            if (step.done) return;
            committed.push(...step.value.taken.map(({ json }) => json));
          }
        };
        for (const each of events) await run(each);
        await run({ wait: 5 * MINUTE, touched: [], pagesUntilTimeIsUp: Number.POSITIVE_INFINITY, crashAfter: null });
        expect(committed).toEqual(expect.arrayContaining(rows.map((row) => JSON.stringify(row))));
        expect(new Set(committed).size).toBe(committed.length);
      }),
      { numRuns: 150 },
    );
  });

  it('continuing from any committed batch gives the same records as continuing from the last', async () => {
    const setup = new Setup();
    const records = 3 * BATCH_RECORDS + 200;
    setup.calls(...Array.from({ length: records }, (_, i) => 5 * HOUR - Math.floor(i / 130) * 90 * SECOND));
    const whole = await drain(setup.tail());
    expect(whole.batches.length).toBeGreaterThan(3);
    for (const [index, batch] of whole.batches.entries()) {
      const rest = await drain(setup.tail(), JSON.parse(JSON.stringify(batch.position)));
      const before = whole.batches.slice(0, index + 1).flatMap(({ taken }) => taken.map(({ record }) => record.id));
      expect(new Set([...before, ...idsOf(rest)]).size).toBe(records);
      expect(before.length + rest.records.length).toBe(records);
    }
  });
});

describe('a page that cannot be trusted', () => {
  it('is refused, and what was committed before it stays valid', async () => {
    const setup = new Setup();
    setup.calls(...Array.from({ length: 2500 }, (_, i) => 3 * HOUR - i * SECOND));
    const stored = setup.platform.rows('/calls');
    const swap = () => stored.splice(2300, 2, ...stored.slice(2300, 2302).reverse());
    swap();
    Object.assign(setup.platform.habits, { heedsSort: false });
    const committed: unknown[] = [];
    let position: unknown;
    const failing = async () => {
      const iterator = setup.tail().batches(undefined);
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
        committed.push(...step.value.taken.map(({ record }) => record.id));
        position = JSON.parse(JSON.stringify(step.value.position));
      }
    };
    await expect(failing()).rejects.toBeInstanceOf(ContractError);
    expect(committed.length).toBeGreaterThanOrEqual(2000);
    expect(committed).not.toContain(2301);
    swap();
    const rest = await drain(setup.tail(), position);
    const all = [...committed, ...idsOf(rest)];
    expect(all).toHaveLength(2500);
    expect(new Set(all).size).toBe(2500);
  });

  it('because "page" is ignored inside a timestamp of more than a page is refused', async () => {
    const setup = new Setup({ heedsPage: false });
    setup.calls(...new Array(120).fill(HOUR));
    await expect(drain(setup.tail())).rejects.toThrow('the platform ignores "page"');
  });
});

describe('a bad record', () => {
  it('is rejected with its place and the reason, never the value, and the rest of its page is accepted', async () => {
    const setup = new Setup();
    const [, second = {}, third = {}, fourth = {}] = setup.calls(4 * HOUR, 3 * HOUR, 2 * HOUR, HOUR);
    second.id = 'sam@example.com';
    delete third.created_at;
    fourth.created_at = 'sam yesterday';
    const { batches, records } = await drain(setup.tail());
    expect(records.map(({ id }) => id)).toEqual([1]);
    const place = (row: number) => expect.stringMatching(new RegExp(`^/calls from \\S+Z page 1 row ${row}$`));
    expect(batches[0]?.rejected).toEqual([
      { json: JSON.stringify(second), reason: 'id: expected number, got string', place: place(2), extractedAt: NOW },
      { json: JSON.stringify(third), reason: 'created_at: missing', place: place(3), extractedAt: NOW },
      { json: JSON.stringify(fourth), reason: `created_at: ${INVALID_EVENT_TIME}`, place: place(4), extractedAt: NOW },
    ]);
  });

  it.each(['9999-12-31T00:00:00.000Z', '2101-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'])(
    'from the year of %s does not move the cursor',
    async (time) => {
      const setup = new Setup();
      const [, bad = {}] = setup.calls(2 * HOUR, HOUR);
      bad.updated_at = time;
      const first = await drain(setup.tail('call', 0));
      expect(first.end.cursor).toBe(setup.ago(2 * HOUR));
      expect(first.batches[0]?.rejected).toMatchObject([{ reason: `updated_at: ${INVALID_EVENT_TIME}` }]);
      setup.calls(HOUR);
      expect((await drain(setup.tail('call', 0), first.position)).records).toHaveLength(1);
    },
  );

  it('is rejected once, not again in each run', async () => {
    const setup = new Setup();
    const [row = {}] = setup.calls(HOUR, HOUR);
    row.id = null;
    const first = await drain(setup.tail());
    expect(first.batches[0]?.rejected).toHaveLength(1);
    expect((await drain(setup.tail(), first.position)).batches).toEqual([]);
  });

  it('that is not an object is rejected', async () => {
    const setup = new Setup();
    setup.calls(HOUR);
    const fetch = setup.platform.answer.bind(setup.platform);
    setup.platform.answer = (url) => ({ ...fetch(url), body: '[null, 5, ["x"]]', headers: { total: '3' } });
    const { batches } = await drain(setup.tail());
    expect(batches[0]?.rejected.map(({ reason }) => reason)).toEqual([
      'not an object but null',
      'not an object but number',
      'not an object but an array',
    ]);
  });
});

describe('records that close later without moving their cursor', () => {
  const PATH = '/agent_activity_logs';
  const activity = (setup: Setup, age: number, open: boolean): Row => {
    const rows = setup.platform.rows(PATH);
    const row: Row = {
      id: rows.length + 1,
      started_at: setup.ago(age),
      ended_at: open ? null : setup.ago(age - SECOND),
    };
    rows.push(row);
    return row;
  };
  const run = (setup: Setup, position?: unknown) => drain(setup.tail('agent_status_history'), position);

  it.each([5 * MINUTE, 11 * MINUTE, 3 * HOUR, 20 * 24 * HOUR])(
    'are taken again when they close %i ms later',
    async (age) => {
      const setup = new Setup();
      const row = activity(setup, age, true);
      activity(setup, MINUTE, false);
      let { position } = await run(setup);
      for (let runs = 0; runs < 3; runs++) {
        setup.time.time += 15 * MINUTE;
        const quiet = await run(setup, position);
        expect(quiet.batches).toEqual([]);
        position = quiet.position;
      }
      row.ended_at = setup.ago(0);
      const closing = await run(setup, position);
      expect(closing.records).toEqual([row]);
      expect(closing.batches[0]?.taken[0]?.dt).toBe(String(row.started_at).slice(0, 10));
      expect((await run(setup, closing.position)).batches).toEqual([]);
    },
  );

  it('do not read the closed records between them again', async () => {
    const setup = new Setup();
    for (let i = 0; i < 30; i++) activity(setup, 5 * HOUR - i * MINUTE, i % 5 === 0);
    activity(setup, MINUTE, false);
    const first = await run(setup);
    expect(first.records).toHaveLength(31);
    expect((await run(setup, first.position)).batches).toEqual([]);
  });

  it('are read again with few requests if they are many', async () => {
    const setup = new Setup();
    for (let i = 0; i < 60; i++) activity(setup, 5 * HOUR - i * MINUTE, true);
    activity(setup, MINUTE, false);
    const first = await run(setup);
    setup.platform.requests.length = 0;
    await run(setup, first.position);
    expect(setup.platform.requests.length).toBeLessThanOrEqual(3);
  });

  it.each([
    ['on one timestamp', () => 5 * HOUR],
    ['one after the other', (i: number) => 5 * HOUR - i * SECOND],
  ])('are taken once when they close, although many of them %s fill several pages', async (_where, age) => {
    const setup = new Setup();
    const rows = Array.from({ length: 250 }, (_, i) => activity(setup, age(i), true));
    activity(setup, MINUTE, false);
    const first = await run(setup);
    for (const row of rows) row.ended_at = setup.ago(0);
    const closing = await run(setup, first.position);
    expect(idsOf(closing).toSorted((a, b) => Number(a) - Number(b))).toEqual(rows.map(({ id }) => id));
    expect((await run(setup, closing.position)).batches).toEqual([]);
  });

  it('are read again in the next run if time is up before', async () => {
    const setup = new Setup();
    const rows = [5 * HOUR, 3 * HOUR].map((age) => activity(setup, age, true));
    activity(setup, MINUTE, false);
    let { position } = await run(setup);
    for (const row of rows) row.ended_at = setup.ago(0);
    setup.timeIsUp = () => true;
    const seen: unknown[] = [];
    for (let runs = 0; runs < 3; runs++) {
      const drained = await run(setup, position);
      expect(drained.end.more).toBe(true);
      seen.push(...idsOf(drained));
      position = drained.position;
    }
    setup.timeIsUp = () => false;
    const last = await run(setup, position);
    expect([...seen, ...idsOf(last)]).toEqual([1, 2]);
  });

  it('are requested by the time at which they were closed, however far apart they were opened', async () => {
    const setup = new Setup();
    const rows = Array.from({ length: 50 }, (_, i) => activity(setup, (i + 1) * HOUR, true));
    activity(setup, MINUTE, false);
    const first = await run(setup);
    const [row = {}] = rows;
    setup.time.time += 15 * MINUTE;
    row.ended_at = setup.ago(MINUTE);
    setup.platform.requests.length = 0;
    expect((await run(setup, first.position)).records).toEqual([row]);
    expect(setup.platform.requests).toHaveLength(2);
  });

  it.each([
    ['ignores that filter', (answer: (url: URL) => Answered, url: URL) => answer(without(url, 'ended_at[from]'))],
    ['refuses it', () => ({ body: '{"message":"unknown filter"}', headers: {} })],
    ['does not sort by it', (answer: (url: URL) => Answered, url: URL) => reversed(answer(url))],
  ])('are each read again in every run where the platform %s', async (_what, respond) => {
    const setup = new Setup();
    const rows = [5, 4, 3, 2].map((hours) => activity(setup, hours * HOUR, true));
    activity(setup, MINUTE, false);
    let { position } = await run(setup);
    const answer = setup.platform.answer.bind(setup.platform);
    setup.platform.answer = (url) =>
      url.searchParams.get('sort_column') === 'ended_at' ? respond(answer, url) : answer(url);
    for (const row of rows) {
      setup.time.time += 15 * MINUTE;
      row.ended_at = setup.ago(MINUTE);
      const drained = await run(setup, position);
      expect(drained.records).toEqual([row]);
      position = drained.position;
    }
  });

  it('are all read again after six hours: one may have been closed with a time long ago', async () => {
    const setup = new Setup();
    const row = activity(setup, 20 * HOUR, true);
    activity(setup, MINUTE, false);
    let { position } = await run(setup);
    row.ended_at = setup.ago(10 * HOUR);
    const taken: unknown[] = [];
    for (let minutes = 15; minutes <= 6 * 60; minutes += 15) {
      setup.time.time += 15 * MINUTE;
      const drained = await run(setup, position);
      taken.push(...drained.records.map(({ id }) => [minutes, id]));
      position = drained.position;
    }
    expect(taken).toEqual([[6 * 60, row.id]]);
  });

  it('are forgotten when the platform no longer has them', async () => {
    const setup = new Setup();
    activity(setup, 5 * HOUR, true);
    activity(setup, MINUTE, false);
    const first = await run(setup);
    setup.platform.rows(PATH).shift();
    setup.time.time += 6 * HOUR;
    const second = await run(setup, first.position);
    setup.platform.requests.length = 0;
    await run(setup, second.position);
    expect(setup.platform.requests).toHaveLength(1);
  });
});

type Answered = ReturnType<Setup['platform']['answer']>;

function without(url: URL, name: string): URL {
  const changed = new URL(url);
  changed.searchParams.delete(name);
  return changed;
}

const reversed = ({ body, headers }: Answered): Answered => ({
  body: JSON.stringify(JSON.parse(body).reverse()),
  headers,
});
