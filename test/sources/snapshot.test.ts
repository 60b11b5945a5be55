import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractError, TransientError } from '../../lambdas/common/errors.ts';
import type { Habits } from '../support/fake-platform.ts';
import { drain, HOUR, idsOf, NOW, Setup } from './source-setup.ts';

const agents = (count: number, habits: Partial<Habits> = {}) => {
  const setup = new Setup(habits);
  const rows = setup.platform.rows('/agents');
  for (let id = 1; id <= count; id++) rows.push({ id, first_name: `A${id}` });
  return { setup, rows };
};

const pagesAsked = ({ platform }: Setup) => platform.requests.map((url) => Number(url.searchParams.get('page')));

describe('a snapshot', () => {
  it.each([1, 99, 100, 101, 250])(
    'of %i records is all of them, in one batch, dated by the day it was taken',
    async (count) => {
      const { setup } = agents(count);
      setup.platform.rows('/agents').reverse();
      const { batches, end } = await drain(setup.snapshot('agent'));
      expect(batches).toHaveLength(1);
      expect(batches[0]?.taken.map(({ record }) => record.id)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(new Set(batches[0]?.taken.map(({ dt, extractedAt }) => `${dt} ${extractedAt}`))).toEqual(
        new Set([`2026-03-02 ${NOW}`]),
      );
      expect(end).toMatchObject({ more: false, completeTo: NOW, cursor: NOW });
    },
  );

  it('that is empty from the start writes nothing', async () => {
    const { batches, end } = await drain(agents(0).setup.snapshot('agent'));
    expect(batches).toEqual([]);
    expect(end).toMatchObject({ more: false, completeTo: NOW, cursor: NOW });
  });

  it.each([
    { total: true, link: false },
    { total: false, link: true },
    { total: false, link: false },
    { total: true, link: true, pageSize: 30 },
    { total: false, link: true, pageSize: 30 },
    { total: false, link: false, pageSize: 30 },
  ])('is complete whatever the platform says about pages: %j', async (habits) => {
    const { setup } = agents(230, habits);
    expect((await drain(setup.snapshot('agent'))).records).toHaveLength(230);
  });

  it('of a collection without pages is its only answer', async () => {
    for (const habits of [{}, { total: false, link: false }]) {
      const { setup } = agents(40, { heedsPage: false, ...habits });
      expect((await drain(setup.snapshot('agent'))).records).toHaveLength(40);
    }
  });

  it('that is unchanged writes nothing, and is known to be complete up to now', async () => {
    const { setup } = agents(120);
    const first = await drain(setup.snapshot('agent'));
    setup.time.time += 24 * HOUR;
    const second = await drain(setup.snapshot('agent'), first.position);
    expect(second.batches).toEqual([]);
    expect(second.end).toMatchObject({ completeTo: setup.ago(0), cursor: setup.ago(0) });
  });

  it('with any change is written as a whole', async () => {
    const { setup, rows } = agents(3);
    let { position } = await drain(setup.snapshot('agent'));
    const changes = [
      () => Object.assign(rows[1] ?? {}, { first_name: 'B' }),
      () => rows.push({ id: 4 }),
      () => rows.shift(),
    ];
    for (const change of changes) {
      change();
      const next = await drain(setup.snapshot('agent'), position);
      expect(next.records).toEqual(rows);
      position = next.position;
    }
  });

  it('of nothing writes nothing, and is known to be complete up to now', async () => {
    const { setup, rows } = agents(0);
    const first = await drain(setup.snapshot('agent'));
    expect(first.batches).toEqual([]);
    expect(first.end).toMatchObject({ more: false, completeTo: NOW, cursor: NOW });
    rows.push({ id: 1 });
    expect((await drain(setup.snapshot('agent'), first.position)).records).toEqual(rows);
  });

  it('that became empty leaves a marker, once', async () => {
    const { setup, rows } = agents(2);
    const first = await drain(setup.snapshot('agent'));
    rows.length = 0;
    const second = await drain(setup.snapshot('agent'), first.position);
    expect(second.records).toEqual([{ _none: true }]);
    expect(second.batches[0]?.taken[0]?.marker).toBe(true);
    expect((await drain(setup.snapshot('agent'), second.position)).batches).toEqual([]);
  });

  it('quarantines bad records, once as long as they stay unchanged', async () => {
    const { setup, rows } = agents(3);
    rows.push({ id: 'nine', first_name: 'Sam' });
    const first = await drain(setup.snapshot('agent'));
    expect(idsOf(first)).toEqual([1, 2, 3]);
    expect(first.batches[0]?.rejected).toEqual([
      {
        json: JSON.stringify(rows[3]),
        reason: 'id: expected number, got string',
        place: '/agents row 4',
        extractedAt: NOW,
      },
    ]);
    expect((await drain(setup.snapshot('agent'), first.position)).batches).toEqual([]);
  });

  it('requests the pages in the order of the ids', async () => {
    const { setup } = agents(120);
    await drain(setup.snapshot('agent'));
    for (const { searchParams } of setup.platform.requests)
      expect(Object.fromEntries(searchParams)).toMatchObject({ per: '100', sort_column: 'id', sort_direction: 'ASC' });
    expect(setup.keptAlive).toBe(setup.platform.requests.length);
  });
});

describe('a snapshot after a run that failed', () => {
  it('is written although it is unchanged: the failed run may have written something else', async () => {
    const { setup } = agents(3);
    const { end } = await drain(setup.snapshot('agent'));
    expect((await drain(setup.snapshot('agent'), end.position)).batches).toEqual([]);
    expect((await drain(setup.snapshot('agent', true), end.position)).batches).toHaveLength(1);
  });
});

describe('a collection that moves while its pages are read', () => {
  it('is read again until it stops moving', async () => {
    const { setup, rows } = agents(250);
    setup.platform.beforeRequest = () => {
      if (setup.platform.requests.length === 2) rows.shift();
    };
    expect((await drain(setup.snapshot('agent'))).records).toEqual(rows);
    expect(pagesAsked(setup).filter((page) => page === 2)).toHaveLength(3);
  });

  it('and never stops is not accepted: the next run tries again', async () => {
    const { setup, rows } = agents(250);
    setup.platform.beforeRequest = (url) => {
      if (url.searchParams.get('page') === '2') rows.shift();
    };
    await expect(drain(setup.snapshot('agent'))).rejects.toThrow(TransientError);
    await expect(drain(setup.snapshot('agent'))).rejects.toThrow(
      /^.agents changed while its pages were read, 3 times in a row \(Total is 247, but there are 246 rows\): nothing was taken; the next run tries again$/,
    );
  });

  it('is never accepted without a record that was present all the time', async () => {
    const move = fc.constantFrom('none', 'none', 'delete', 'create', 'both');
    const moves = fc.array(fc.tuple(move, fc.nat({ max: 29 })), { maxLength: 12 });
    const habits = fc.record({ pageSize: fc.integer({ min: 2, max: 12 }), total: fc.boolean(), link: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(habits, moves, async (rules, changes) => {
        const { setup, rows } = agents(30, rules);
        const stood = new Set(rows.map(({ id }) => id));
        let next = rows.length + 1;
        setup.platform.beforeRequest = () => {
          const [kind, number] = changes[setup.platform.requests.length - 1] ?? ['none', 0];
          if (kind === 'delete' || kind === 'both')
            for (const { id } of rows.splice(number % Math.max(1, rows.length), 1)) stood.delete(id);
          if (kind === 'create' || kind === 'both') rows.push({ id: next++ });
        };
        const outcome = await drain(setup.snapshot('agent')).catch((error: unknown) => {
          expect(error).toBeInstanceOf(TransientError);
        });
        if (outcome) expect(idsOf(outcome)).toEqual(expect.arrayContaining([...stood]));
      }),
      { numRuns: 400 },
    );
  });
});

describe('a platform that ignores "page"', () => {
  it.each([
    ['with full pages', { total: false, link: false }, 150],
    ['with Link', { total: false, link: true, pageSize: 50 }, 150],
    ['with Total', { total: true, link: false, pageSize: 50 }, 150],
  ])('and has more than one of them is refused, %s', async (_how, habits, count) => {
    const { setup } = agents(count, { heedsPage: false, ...habits });
    await expect(drain(setup.snapshot('agent'))).rejects.toThrow(ContractError);
    await expect(drain(setup.snapshot('agent'))).rejects.toThrow(
      'repeats the page before it: the platform ignores "page"',
    );
  });
});

describe('a tree', () => {
  it('becomes one record per node, depth first, with its path and level', async () => {
    const setup = new Setup({ total: false, link: false, heedsPage: false });
    setup.platform.rows('/teams/tree').push(
      {
        id: 10,
        name: 'US',
        parent_id: null,
        children: [
          { id: 11, name: 'East', parent_id: 10, children: [{ id: 13, name: 'NY', parent_id: 11 }] },
          { id: 12, name: 'West', parent_id: 10, children: [] },
        ],
      },
      { id: 20, name: 'EU', parent_id: null, children: null },
    );
    const { records } = await drain(setup.snapshot('team_tree'));
    expect(records).toEqual([
      { id: 10, name: 'US', parent_id: null, _path: [10], _level: 0 },
      { id: 11, name: 'East', parent_id: 10, _path: [10, 11], _level: 1 },
      { id: 13, name: 'NY', parent_id: 11, _path: [10, 11, 13], _level: 2 },
      { id: 12, name: 'West', parent_id: 10, _path: [10, 12], _level: 1 },
      { id: 20, name: 'EU', parent_id: null, _path: [20], _level: 0 },
    ]);
  });

  it('whose Total counts nodes instead of rows is still complete', async () => {
    const setup = new Setup({ link: false });
    setup.platform.rows('/teams/tree').push({ id: 1, children: [{ id: 2 }, { id: 3 }] });
    const answer = setup.platform.answer.bind(setup.platform);
    setup.platform.answer = (url) => {
      const { body, headers } = answer(url);
      return { body, headers: { ...headers, total: '3' } };
    };
    expect(idsOf(await drain(setup.snapshot('team_tree')))).toEqual([1, 2, 3]);
  });

  it('with a malformed node keeps the others', async () => {
    const setup = new Setup();
    setup.platform.rows('/teams/tree').push({ id: 1, children: [{ id: 2 }, 'x', null, { name: 'no id' }] });
    const { records, batches } = await drain(setup.snapshot('team_tree'));
    expect(records.map(({ id }) => id)).toEqual([1, 2]);
    expect(batches[0]?.rejected.map(({ reason }) => reason)).toEqual([
      'not an object but string',
      'not an object but null',
      'id: missing',
    ]);
  });
});
