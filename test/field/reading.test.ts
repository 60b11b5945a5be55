import { describe, expect, it } from 'vitest';
import { IngestError } from '../../lambdas/common/errors.ts';
import { call, World } from '../runs/run-world.ts';
import { askLake } from '../support/ask-lake.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { deleteObject } from '../support/test-stores.ts';

/** Habits of platforms as public bug reports describe them. */

type Answering = (url: URL, usual: () => Promise<Response>) => Promise<Response>;

/** Runs an endpoint against a platform that answers in another way. */
const ingestFrom = (world: World, endpoint: string, answer: Answering) =>
  world.ingest(endpoint, {
    effects: world.time.effects({
      fetch: (input, init) => answer(new URL(String(input)), () => world.platform.fetch(input, init)),
    }),
  });

/** Ids of the records of an endpoint in the lake, each once. */
async function idsInLake(world: World, endpoint: string): Promise<number[]> {
  const objects = await world.objects(`raw/${endpoint}/`);
  const ids = new Set(objects.flatMap(({ records }) => records.map(({ id }) => Number(id))));
  return [...ids].sort((a, b) => a - b);
}

const upTo = (last: number, ...without: number[]) =>
  Array.from({ length: last }, (_, i) => i + 1).filter((id) => !without.includes(id));

const pageOf = (url: URL) => Number(url.searchParams.get('page'));

function agents(world: World, count: number): Row[] {
  const rows = world.platform.rows('/agents');
  rows.push(...Array.from({ length: count }, (_, i) => ({ id: i + 1, email: `a${i + 1}@example.com` })));
  return rows;
}

describe('the cursor', () => {
  it.each(['2026-11-27T00:15:27', '2027-01', '03/12/2025 10:00:00', '2031-01-01T00:00:00Z', null, 7])(
    'is not moved by a record whose updated_at is %j',
    async (updated_at) => {
      const world = await World.create(memoryStores());
      const rows = world.calls(400);
      const bad = rows[99] ?? {};
      // the platform sorts and filters by what it has stored, and shows something else
      const stored = bad.updated_at;
      const summary = await ingestFrom(world, 'call', async (url, usual) => {
        const answer = await usual();
        const shown = JSON.parse(await answer.text()).map((row: Row) =>
          row.id === bad.id ? { ...row, updated_at } : row,
        );
        expect(stored).toBeDefined();
        return new Response(JSON.stringify(shown), { headers: answer.headers, status: url.pathname ? 200 : 500 });
      });
      expect(summary).toMatchObject({ outcome: 'done' });
      expect(await idsInLake(world, 'call')).toEqual(expect.arrayContaining(upTo(400, 100)));
    },
  );
});

describe('hints', () => {
  const withoutTotal = async (usual: () => Promise<Response>, changes: Record<string, string | null>) => {
    const answer = await usual();
    const headers = new Headers(answer.headers);
    for (const [name, value] of Object.entries(changes))
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    return new Response(await answer.text(), { headers });
  };

  it('that an empty page has a next one are followed, in a snapshot', async () => {
    const world = await World.create(memoryStores());
    agents(world, 200);
    await ingestFrom(world, 'agent', async (url, usual) => {
      const shift = new URL(url);
      const page = pageOf(url);
      // page 2 is empty, the rows of page 2 are on page 3
      if (page >= 3) shift.searchParams.set('page', String(page - 1));
      const answer = page === 2 ? new Response('[]') : await (page === 1 ? usual() : world.platform.fetch(shift));
      const link = page <= 2 ? `<${url}>; rel="next"` : `<${url}>; rel="last"`;
      return new Response(await answer.text(), { headers: { link } });
    });
    expect(await idsInLake(world, 'agent')).toEqual(upTo(200));
  });

  it('that two empty pages in a row have a next one are followed, in a snapshot', async () => {
    const world = await World.create(memoryStores());
    agents(world, 150);
    const summary = await ingestFrom(world, 'agent', async (url, usual) => {
      const shift = new URL(url);
      const page = pageOf(url);
      // pages 2 and 3 are empty, the rows of page 2 are on page 4
      if (page >= 4) shift.searchParams.set('page', String(page - 2));
      const isEmpty = page === 2 || page === 3;
      const answer = isEmpty ? new Response('[]') : await (page === 1 ? usual() : world.platform.fetch(shift));
      const link = page <= 3 ? `<${url}>; rel="next"` : `<${url}>; rel="last"`;
      return new Response(await answer.text(), { headers: { link } });
    });
    expect(summary).toMatchObject({ outcome: 'done', records: 150 });
    expect(await idsInLake(world, 'agent')).toEqual(upTo(150));
  });

  it('that an empty page has a next one are followed, within one timestamp of a tail', async () => {
    const world = await World.create(memoryStores());
    const rows = world.calls(200);
    for (const row of rows) row.updated_at = rows[0]?.updated_at;
    await ingestFrom(world, 'call', async (url, usual) => {
      const page = pageOf(url);
      const shift = new URL(url);
      if (page >= 3) shift.searchParams.set('page', String(page - 1));
      const answer = page === 2 ? new Response('[]') : await (page === 1 ? usual() : world.platform.fetch(shift));
      const link = page <= 2 ? `<${url}>; rel="next"` : `<${url}>; rel="last"`;
      return new Response(await answer.text(), { headers: { link } });
    });
    expect(await idsInLake(world, 'call')).toEqual(upTo(200));
  });

  it.each([
    ['100', 237, 450],
    ['100', 200, 400],
    ['100', 100, 100],
  ])('of a Total that counts the page only (%s at most) end nothing: %i agents, %i calls', async (_of, many, calls) => {
    const world = await World.create(memoryStores(), { link: false });
    agents(world, many);
    world.calls(calls);
    const ofPage: Answering = async (_url, usual) => {
      const answer = await usual();
      const text = await answer.text();
      return new Response(text, { headers: { total: String(JSON.parse(text).length) } });
    };
    expect(await ingestFrom(world, 'agent', ofPage)).toMatchObject({ outcome: 'done' });
    expect(await idsInLake(world, 'agent')).toEqual(upTo(many));
    await ingestFrom(world, 'call', ofPage);
    expect(await idsInLake(world, 'call')).toEqual(upTo(calls));
  });

  it('of smaller pages than requested, counted by the page, do not end the read', async () => {
    const world = await World.create(memoryStores(), { link: false, pageSize: 50 });
    agents(world, 237);
    const ofPage: Answering = async (_url, usual) => {
      const text = await (await usual()).text();
      return new Response(text, { headers: { total: String(JSON.parse(text).length) } });
    };
    await ingestFrom(world, 'agent', ofPage);
    expect(await idsInLake(world, 'agent')).toEqual(upTo(237));
  });

  it.each([['0'], ['5'], ['99999'], ['-1'], ['many'], ['']])('of a Total "%s" lose no call', async (total) => {
    const world = await World.create(memoryStores());
    world.calls(450);
    await ingestFrom(world, 'call', (_url, usual) => withoutTotal(usual, { total }));
    expect(await idsInLake(world, 'call')).toEqual(upTo(450));
  });

  it.each([{ link: null }, { total: null }, { link: null, total: null }, { link: 'nonsense' }])(
    'that are missing lose nothing: %j',
    async (changes) => {
      const world = await World.create(memoryStores());
      world.calls(450);
      agents(world, 237);
      await ingestFrom(world, 'call', (_url, usual) => withoutTotal(usual, changes));
      await ingestFrom(world, 'agent', (_url, usual) => withoutTotal(usual, changes));
      expect(await idsInLake(world, 'call')).toEqual(upTo(450));
      expect(await idsInLake(world, 'agent')).toEqual(upTo(237));
    },
  );

  it('of a Total that is always wrong by three: the snapshot is accepted, and both numbers are named', async () => {
    const world = await World.create(memoryStores());
    agents(world, 137);
    const summary = await ingestFrom(world, 'agent', (_url, usual) => withoutTotal(usual, { total: '140' }));
    expect(summary).toMatchObject({ outcome: 'done', records: 137 });
    expect(summary.warnings.join()).toMatch(/Total is 140, but there are 137 rows/);
    expect((await world.status('agent'))?.lastRun?.warnings?.join()).toMatch(/140.*137/);
  });

  it('of a Total above zero while no page has records: the previous snapshot stays', async () => {
    const world = await World.create(memoryStores());
    agents(world, 3);
    await world.ingest('agent');
    const failing = ingestFrom(world, 'agent', async () => new Response('[]', { headers: { total: '3' } }));
    await expect(failing).rejects.toBeInstanceOf(IngestError);
  });

  it('of an id that appears twice: it is stored once, and named', async () => {
    const world = await World.create(memoryStores());
    agents(world, 40).push({ id: 21, email: 'a21@example.com' });
    const summary = await world.ingest('agent');
    expect(summary).toMatchObject({ outcome: 'done', records: 40 });
    expect(summary.warnings.join()).toMatch(/\(21\)/);
  });

  it('of status 204: the collection is empty', async () => {
    const world = await World.create(memoryStores());
    const summary = await ingestFrom(world, 'chat', async () => new Response(null, { status: 204 }));
    expect(summary).toMatchObject({ outcome: 'done', records: 0 });
  });

  it('of deep pages that are refused: the rest is read by the cursor', async () => {
    const world = await World.create(memoryStores());
    world.calls(3_000);
    const summary = await ingestFrom(world, 'call', async (url, usual) =>
      pageOf(url) > 5 ? new Response('{"error":"page too deep"}', { status: 400 }) : usual(),
    );
    expect(summary).toMatchObject({ outcome: 'done' });
    expect(await idsInLake(world, 'call')).toEqual(upTo(3_000));
  });
});

/** Answers with an error where a page would contain one of these records. */
function poisoned(ids: readonly number[], answer: () => Response): Answering {
  return async (_url, usual) => {
    const response = await usual();
    const text = await response.text();
    const rows: Row[] = JSON.parse(text);
    return rows.some(({ id }) => ids.includes(Number(id)))
      ? answer()
      : new Response(text, { headers: response.headers });
  };
}

describe('a record that the platform cannot deliver', () => {
  const broken: [string, () => Response][] = [
    ['500', () => new Response('oops', { status: 500 })],
    ['a raw line break inside a text', () => new Response('[{"id":250,"note":"a\nb"}]')],
    ['bytes that are no UTF-8', () => new Response(Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d))],
    ['HTML', () => new Response('<html>proxy error</html>')],
    ['an object with an error', () => new Response('{"error":"internal"}')],
    ['half of the JSON', () => new Response('[{"id":250,')],
  ];

  it.each(broken)('is skipped, journalled, retried and ingested once it can be read: %s', async (_what, answer) => {
    const world = await World.create(memoryStores());
    world.calls(400);
    const summary = await ingestFrom(world, 'call', poisoned([250], answer));
    expect(summary).toMatchObject({ outcome: 'done', records: 399, unreadable: 1 });
    expect(await idsInLake(world, 'call')).toEqual(upTo(400, 250));
    const status = await world.status('call');
    expect(status?.unreadable).toMatchObject([{ tries: 1, place: expect.stringContaining('/calls from ') }]);
    const [entry] = (await world.objects('quarantine/')).flatMap(({ records }) => records);
    expect(entry).toMatchObject({ record: null, reason: expect.stringMatching(/^unreadable: /) });
    // not before it is due
    const between = await ingestFrom(world, 'call', poisoned([250], answer));
    expect(between).toMatchObject({ outcome: 'done', unreadable: 1 });
    world.time.time += 3_600_000;
    await ingestFrom(world, 'call', poisoned([250], answer));
    expect((await world.status('call'))?.unreadable).toMatchObject([{ tries: 2 }]);
    const asked =
      'SELECT place, tries, is_cleared, range_from <= first_seen AS has_range, first_seen < last_seen AS is_later FROM quarantine';
    const seen = { place: expect.stringContaining('/calls from '), tries: 2, has_range: true, is_later: true };
    expect(await askLake(world, [asked])).toMatchObject([[{ ...seen, is_cleared: false }]]);
    world.time.time += 86_400_000;
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', unreadable: 0 });
    expect(await askLake(world, [asked])).toMatchObject([[{ ...seen, is_cleared: true }]]);
    expect(await idsInLake(world, 'call')).toEqual(upTo(400));
    expect((await world.status('call'))?.unreadable).toEqual([]);
  });

  it('is retried without writing what can be read beside it again', async () => {
    const world = await World.create(memoryStores());
    world.calls(400);
    const answer = () => new Response('', { status: 500 });
    await ingestFrom(world, 'call', poisoned([200, 250], answer));
    const before = await world.objects('raw/');
    for (const [hours, heedsTo] of [
      [1, true],
      [25, false],
    ] as const) {
      Object.assign(world.platform.habits, { heedsTo });
      world.time.time += hours * 3_600_000;
      expect(await ingestFrom(world, 'call', poisoned([200, 250], answer))).toMatchObject({
        records: 0,
        unreadable: 2,
      });
    }
    expect(await world.objects('raw/')).toEqual(before);
    expect((await world.status('call'))?.unreadable).toMatchObject([{ tries: 3 }, { tries: 3 }]);
    world.time.time += 86_400_000;
    expect(await world.ingest('call')).toMatchObject({ records: 2, unreadable: 0 });
  });

  it.each([
    ['the first', [1]],
    ['the last', [400]],
    ['several on one page', [110, 111, 150, 199]],
    ['neighbours of one readable record', [110, 112, 114]],
    ['on many pages', [5, 105, 205, 305]],
    ['ten in a row', [201, 202, 203, 204, 205, 206, 207, 208, 209, 210]],
  ])('may be %s', async (_which, ids) => {
    const world = await World.create(memoryStores());
    world.calls(400);
    const answer = () => new Response('', { status: 502 });
    expect(await ingestFrom(world, 'call', poisoned(ids, answer))).toMatchObject({ outcome: 'done' });
    expect(await idsInLake(world, 'call')).toEqual(upTo(400, ...ids));
    world.time.time += 86_400_000;
    await world.ingest('call');
    expect(await idsInLake(world, 'call')).toEqual(upTo(400));
  });

  it('may be a call far behind, where pages are read in parallel', async () => {
    const world = await World.create(memoryStores());
    world.calls(3_000);
    const answer = () => new Response('', { status: 500 });
    await ingestFrom(world, 'call', poisoned([1_500], answer));
    expect(await idsInLake(world, 'call')).toEqual(upTo(3_000, 1_500));
  });

  it('may share its time with others, also where parallel pages would begin', async () => {
    const world = await World.create(memoryStores());
    const rows = world.calls(1_000);
    // the last record of the first page and two behind it
    for (const index of [100, 101]) Object.assign(rows[index] ?? {}, { updated_at: rows[99]?.updated_at });
    const answer = () => new Response('', { status: 500 });
    const summary = await ingestFrom(world, 'call', poisoned([102], answer));
    expect(summary).toMatchObject({ outcome: 'done', records: 999, unreadable: 1 });
    world.time.time += 86_400_000;
    await world.ingest('call');
    expect(await idsInLake(world, 'call')).toEqual(upTo(1_000));
  });

  it('may be a status that has ended meanwhile: its end is ingested once it can be read', async () => {
    const world = await World.create(memoryStores());
    const rows = world.platform.rows('/agent_activity_logs');
    for (let id = 1; id <= 30; id++)
      rows.push({
        id,
        agent_id: id,
        activity: 'Available',
        started_at: `2026-03-02T08:${id + 10}:00.000Z`,
        ended_at: null,
      });
    await world.ingest('agent_status_history');
    Object.assign(rows[6] ?? {}, { ended_at: '2026-03-02T12:05:00.000Z' });
    world.time.time += 600_000;
    const answer = () => new Response('', { status: 500 });
    const summary = await ingestFrom(world, 'agent_status_history', poisoned([7], answer));
    expect(summary).toMatchObject({ outcome: 'done', unreadable: 1 });
    world.time.time += 86_400_000;
    expect(await world.ingest('agent_status_history')).toMatchObject({ outcome: 'done', unreadable: 0 });
    const versions = (await world.objects('raw/agent_status_history/')).flatMap(({ records }) => records);
    expect(versions.find(({ id, ended_at }) => id === 7 && ended_at !== null)).toBeDefined();
  });

  it('does not fail a run if too many beside it cannot be read any more when it is retried', async () => {
    const world = await World.create(memoryStores());
    const crowd = world.calls(400).slice(140, 180);
    for (const row of crowd) row.updated_at = crowd[0]?.updated_at;
    const answer = () => new Response('', { status: 500 });
    const ids = crowd.map(({ id }) => Number(id));
    await ingestFrom(world, 'call', poisoned(ids.slice(20, 21), answer));
    world.time.time += 86_400_000;
    const retried = await ingestFrom(world, 'call', poisoned(ids, answer));
    expect(retried).toMatchObject({ outcome: 'done', records: 0, unreadable: 1 });
    expect((await world.status('call'))?.unreadable).toMatchObject([{ tries: 2 }]);
    world.time.time += 86_400_000;
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 1, unreadable: 0 });
    expect(await idsInLake(world, 'call')).toEqual(upTo(400));
  });

  it('may be each of many open statuses: they are read again when they can be', async () => {
    const world = await World.create(memoryStores());
    const rows = world.platform.rows('/agent_activity_logs');
    for (let id = 1; id <= 90; id++)
      rows.push({
        id,
        agent_id: id,
        activity: 'Available',
        started_at: id <= 60 ? '2026-03-02T08:00:00.000Z' : `2026-03-02T11:${id - 50}:00.000Z`,
        ended_at: null,
      });
    await world.ingest('agent_status_history');
    world.time.time += 86_400_000;
    const answer = () => new Response('', { status: 500 });
    const open = Array.from({ length: 60 }, (_, index) => index + 1);
    const summary = await ingestFrom(world, 'agent_status_history', poisoned(open, answer));
    expect(summary).toMatchObject({ outcome: 'done', records: 0 });
    expect((await world.status('agent_status_history'))?.lastRun?.warnings).toEqual([
      expect.stringContaining('could not be read again'),
    ]);
    for (const row of rows.slice(0, 60)) row.ended_at = '2026-03-02T12:05:00.000Z';
    world.time.time += 86_400_000;
    expect(await world.ingest('agent_status_history')).toMatchObject({ outcome: 'done', records: 60 });
  });

  it('is left out of a snapshot, and included in the next one that can read it', async () => {
    const world = await World.create(memoryStores());
    agents(world, 237);
    const answer = () => new Response('', { status: 500 });
    const summary = await ingestFrom(world, 'agent', poisoned([150], answer));
    expect(summary).toMatchObject({ outcome: 'done', records: 236, unreadable: 1 });
    expect(await world.ingest('agent')).toMatchObject({ outcome: 'done', records: 237, unreadable: 0 });
  });

  it('costs a bounded number of requests', async () => {
    const world = await World.create(memoryStores());
    world.calls(400);
    const ids = Array.from({ length: 200 }, (_, i) => 2 * i + 1);
    await ingestFrom(
      world,
      'call',
      poisoned(ids, () => new Response('', { status: 500 })),
    ).catch(() => undefined);
    expect(world.platform.requests.length).toBeLessThan(700);
  });
});

describe('a bulk edit', () => {
  it('of ten thousand records in one moment is ingested once, not again in every run', async () => {
    const world = await World.create(memoryStores());
    const created_at = '2026-02-28T09:00:00.000Z';
    const updated_at = '2026-03-02T11:00:00.000Z';
    const rows = Array.from({ length: 10_000 }, (_, i) => ({ id: i + 1, status: 'finished', created_at, updated_at }));
    world.platform.rows('/chats').push(...rows);
    expect(await world.ingest('chat')).toMatchObject({ outcome: 'done', records: 10_000 });
    expect(await world.ingest('chat')).toMatchObject({ outcome: 'done', records: 0, batches: 0 });
  });
});

describe('records of many kilobytes', () => {
  it('are read in smaller pages, and a record that exceeds the maximum answer is skipped', async () => {
    const world = await World.create(memoryStores());
    const rows = world.calls(250, { note: 'x'.repeat(200_000) });
    Object.assign(rows[120] ?? {}, { note: 'x'.repeat(11_000_000) });
    const summary = await world.ingest('call');
    expect(summary).toMatchObject({ outcome: 'done', records: 249, unreadable: 1 });
    expect(await idsInLake(world, 'call')).toEqual(upTo(250, 121));
    // one page of a hundred that was too large, then pages of ten and the search for the one record
    expect(summary.requests).toBeLessThan(60);
  });
});

describe('a failure', () => {
  it('keeps what was read before it', async () => {
    const world = await World.create(memoryStores());
    world.calls(400);
    let answered = 0;
    const failing = ingestFrom(world, 'call', async (_url, usual) =>
      ++answered > 2 ? new Response('', { status: 503 }) : usual(),
    );
    await expect(failing).rejects.toBeInstanceOf(IngestError);
    expect(await idsInLake(world, 'call')).toEqual(upTo(100));
    await world.ingest('call');
    expect(await idsInLake(world, 'call')).toEqual(upTo(400));
  });

  it('of the whole platform isolates nothing', async () => {
    const world = await World.create(memoryStores());
    world.calls(400);
    const failing = ingestFrom(world, 'call', async () => new Response('', { status: 500 }));
    await expect(failing).rejects.toBeInstanceOf(IngestError);
    expect((await world.status('call'))?.unreadable).toEqual([]);
  });

  it('of one answer in seven, a 200 with an error in it, loses nothing', async () => {
    const world = await World.create(memoryStores());
    world.calls(1_500);
    let answered = 0;
    const summary = await ingestFrom(world, 'call', async (_url, usual) =>
      ++answered % 7 === 0 ? new Response('{"error":"try later"}') : usual(),
    );
    expect(summary).toMatchObject({ outcome: 'done', records: 1_500, unreadable: 0 });
  });
});

describe('parts of records', () => {
  it('that are empty or malformed do not stop a nested endpoint', async () => {
    const world = await World.create(memoryStores());
    const changes = [{ agent_info: {} }, { agent_info: { name: 'Sam' } }, { participants: {} }, {}];
    const rows = world.platform.rows('/calls');
    for (let id = 1; id <= 120; id++) rows.push(call(id, 60 + id, changes[id % 4]));
    await world.ingest('call');
    expect(await world.ingest('user_info')).toMatchObject({ outcome: 'done', records: 60 });
    expect(await world.ingest('call_participant')).toMatchObject({ outcome: 'done', records: 180 });
  });

  it('whose raw object is missing are skipped, with a warning', async () => {
    const world = await World.create(memoryStores());
    world.calls(3);
    await world.ingest('call');
    const [object] = await world.objects('raw/call/');
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, object?.key ?? '');
    world.calls(2, {}, 2);
    world.time.time += 3_600_000;
    await world.ingest('call');
    const summary = await world.ingest('call_participant');
    expect(summary).toMatchObject({ outcome: 'done' });
    expect(summary.warnings.join()).toMatch(/no longer in the lake/);
  });
});

describe('statuses that never end', () => {
  it('are watched up to the limit, and do not stop ingestion', async () => {
    const world = await World.create(memoryStores());
    const rows = world.platform.rows('/agent_activity_logs');
    const start = Date.parse('2026-02-20T00:00:00.000Z');
    for (let id = 1; id <= 20_000; id++)
      rows.push({
        id,
        agent_id: id % 500,
        activity: 'Available',
        started_at: new Date(start + id * 20_000).toISOString(),
        ended_at: null,
      });
    const summary = await world.ingest('agent_status_history');
    expect(summary).toMatchObject({ outcome: 'done', records: 20_000 });
    expect(summary.warnings.join()).toMatch(/the oldest stay open/);
    expect(await world.ingest('agent_status_history')).toMatchObject({ outcome: 'done' });
  }, 600_000);
});
