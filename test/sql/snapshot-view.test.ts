import { describe, expect, it } from 'vitest';
import { at, objectKey, origin, useLake } from './lake-of-lines.ts';

const ask = useLake();

/** A snapshot of agents by id and name. */
const agents = (time: string, batch: number, ...names: readonly (readonly [number, string])[]) => ({
  [objectKey('raw/agent', batch)]: names.map(([id, first_name]) => ({ id, first_name, ...origin(time, batch) })),
});

const AGENTS = 'SELECT id, first_name, deleted_at, extracted_at FROM agent ORDER BY id';

describe('a clock that was days ahead for one snapshot', () => {
  const objects = {
    ...agents('10:00', 1, [1, 'Ada'], [2, 'Bob']),
    ...agents('2026-03-05T11:00:00.000Z', 2, [1, 'Ada'], [2, 'Bob']),
    ...agents('12:00', 3, [1, 'Eve'], [3, 'Cyd']),
  };

  it('hides none of those that were committed later', async () => {
    const rows = await ask(objects, 'SELECT id, first_name, deleted_at FROM agent ORDER BY id');
    expect(rows).toEqual([
      { id: 1, first_name: 'Eve', deleted_at: null },
      { id: 2, first_name: 'Bob', deleted_at: at('12:00') },
      { id: 3, first_name: 'Cyd', deleted_at: null },
    ]);
    const open = await ask(objects, 'SELECT id, first_name FROM agent_history WHERE replaced_at IS NULL ORDER BY id');
    expect(open).toEqual([
      { id: 1, first_name: 'Eve' },
      { id: 3, first_name: 'Cyd' },
    ]);
  });

  it('makes no snapshot out of a record that was requeued later', async () => {
    const requeued = { [`${objectKey('raw/agent', 9)}-r`]: [{ id: 4, first_name: 'Dan', ...origin('12:00', 9) }] };
    const rows = await ask({ ...objects, ...requeued }, 'SELECT id FROM agent WHERE deleted_at IS NULL ORDER BY id');
    expect(rows.map(({ id }) => id)).toEqual([1, 3, 4]);
  });
});

describe('the history of a snapshot', () => {
  const HISTORY = 'SELECT id, first_name, extracted_at, replaced_at FROM agent_history ORDER BY id, extracted_at';
  const version = (id: number, first_name: string, from: string, to: string | null) => ({
    id,
    first_name,
    extracted_at: at(from),
    replaced_at: to === null ? null : at(to),
  });
  const objects = {
    ...agents('10:00', 1, [1, 'Ada'], [2, 'Bob'], [3, 'Cyd']),
    ...agents('11:00', 2, [1, 'Ada'], [3, 'Cid']),
    ...agents('12:00', 3, [1, 'Ada'], [2, 'Bob'], [3, 'Cyd']),
    ...agents('13:00', 4, [2, 'Bob'], [3, 'Cyd']),
    ...agents('14:00', 5, [2, 'Bob'], [3, 'Cyd']),
  };

  it('has every version from its first snapshot to the one that has it no more', async () => {
    expect(await ask(objects, HISTORY)).toEqual([
      version(1, 'Ada', '10:00', '13:00'),
      version(2, 'Bob', '10:00', '11:00'),
      version(2, 'Bob', '12:00', null),
      version(3, 'Cyd', '10:00', '11:00'),
      version(3, 'Cid', '11:00', '12:00'),
      version(3, 'Cyd', '12:00', null),
    ]);
  });

  it.each([
    ['09:59', []],
    ['10:00', [1, 2, 3]],
    ['11:30', [1, 3]],
    ['12:30', [1, 2, 3]],
    ['15:00', [2, 3]],
  ])('tells who was there at %s', async (time, ids) => {
    const then = `TIMESTAMP '${at(time).slice(0, 19).replace('T', ' ')}'`;
    const rows = await ask(
      objects,
      `SELECT id FROM agent_history
       WHERE extracted_at <= ${then} AND (replaced_at IS NULL OR replaced_at > ${then}) ORDER BY id`,
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it('ends with a snapshot in which there is nothing', async () => {
    const none = { [objectKey('raw/agent', 2)]: [{ _none: true, ...origin('11:00', 2) }] };
    const rows = await ask({ ...agents('10:00', 1, [1, 'Ada']), ...none }, HISTORY);
    expect(rows).toEqual([version(1, 'Ada', '10:00', '11:00')]);
  });
});

describe('a snapshot view', () => {
  it('has the newest row of every record, and the first snapshot that missed it', async () => {
    const rows = await ask(
      {
        ...agents('10:00', 1, [1, 'Ada'], [2, 'Bob'], [3, 'Cyd']),
        ...agents('13:00', 4, [1, 'Ada'], [3, 'Cid']),
        ...agents('12:00', 3, [1, 'Ada'], [3, 'Cyd']),
        ...agents('11:00', 2, [1, 'Eda'], [2, 'Rob'], [3, 'Cyd']),
      },
      AGENTS,
    );
    expect(rows).toEqual([
      { id: 1, first_name: 'Ada', deleted_at: null, extracted_at: at('13:00') },
      { id: 2, first_name: 'Rob', deleted_at: at('12:00'), extracted_at: at('11:00') },
      { id: 3, first_name: 'Cid', deleted_at: null, extracted_at: at('13:00') },
    ]);
  });

  it('shows a record that came back as if it had never been gone', async () => {
    const rows = await ask(
      {
        ...agents('10:00', 1, [1, 'Ada'], [2, 'Bob']),
        ...agents('11:00', 2, [1, 'Ada']),
        ...agents('12:00', 3, [1, 'Ada'], [2, 'Bobby']),
      },
      AGENTS,
    );
    expect(rows).toEqual([
      { id: 1, first_name: 'Ada', deleted_at: null, extracted_at: at('12:00') },
      { id: 2, first_name: 'Bobby', deleted_at: null, extracted_at: at('12:00') },
    ]);
  });

  it('tells of a record that came back and left again when it left last', async () => {
    const rows = await ask(
      {
        ...agents('10:00', 1, [1, 'Ada'], [2, 'Bob']),
        ...agents('11:00', 2, [1, 'Ada']),
        ...agents('12:00', 3, [1, 'Ada'], [2, 'Bob']),
        ...agents('13:00', 4, [1, 'Ada']),
      },
      'SELECT id, deleted_at FROM agent WHERE deleted_at IS NOT NULL',
    );
    expect(rows).toEqual([{ id: 2, deleted_at: at('13:00') }]);
  });

  it('takes an empty snapshot for what it is: everybody left, and its marker is no row', async () => {
    const rows = await ask(
      {
        ...agents('10:00', 1, [1, 'Ada']),
        [objectKey('raw/agent', 2)]: [{ _none: true, ...origin('11:00', 2) }],
      },
      AGENTS,
    );
    expect(rows).toEqual([{ id: 1, first_name: 'Ada', deleted_at: at('11:00'), extracted_at: at('10:00') }]);
  });

  it('is of all days: a snapshot of another day is the next one', async () => {
    const rows = await ask(
      {
        ...agents('10:00', 1, [1, 'Ada'], [2, 'Bob']),
        [objectKey('raw/agent', 2, { dt: '2026-03-05' })]: [
          { id: 2, first_name: 'Bob', ...origin('2026-03-05T10:00:00.000Z', 2) },
        ],
      },
      'SELECT id, dt, deleted_at FROM agent ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 1, dt: '2026-03-02', deleted_at: '2026-03-05T10:00:00.000Z' },
      { id: 2, dt: '2026-03-05', deleted_at: null },
    ]);
  });

  it('keeps tenants apart: the snapshot of one deletes no record of another', async () => {
    const rows = await ask(
      {
        ...agents('10:00', 1, [1, 'Ada']),
        [objectKey('raw/agent', 1, { tenant: 'beta' })]: [{ id: 2, first_name: 'Bob', ...origin('11:00') }],
      },
      'SELECT tenant, id, deleted_at FROM agent ORDER BY id',
    );
    expect(rows).toEqual([
      { tenant: 'acme', id: 1, deleted_at: null },
      { tenant: 'beta', id: 2, deleted_at: null },
    ]);
  });

  it('counts a snapshot once that was written twice', async () => {
    const snapshot = { id: 1, first_name: 'Ada', ...origin('10:00') };
    const rows = await ask(
      { [objectKey('raw/agent', 1)]: [snapshot, snapshot], [objectKey('raw/agent', 2)]: [snapshot] },
      'SELECT id, deleted_at FROM agent',
    );
    expect(rows).toEqual([{ id: 1, deleted_at: null }]);
  });
});

it('team_tree tells the way from the root', async () => {
  const rows = await ask(
    {
      [objectKey('raw/team_tree')]: [
        { id: 1, name: 'All', _path: [1], _level: 0, ...origin('10:00') },
        { id: 4, name: 'North', _path: [1, 4], _level: 1, ...origin('10:00') },
      ],
    },
    'SELECT id, name, path, level FROM team_tree ORDER BY level',
  );
  expect(rows).toEqual([
    { id: 1, name: 'All', path: '[1]', level: 0 },
    { id: 4, name: 'North', path: '[1,4]', level: 1 },
  ]);
});

describe('team_with_assignees', () => {
  const TEAMS = 'SELECT id, assignee_id, assignee_name, deleted_at FROM team_with_assignees ORDER BY id, assignee_id';
  const ada = { id: 11, name: 'Ada Lovelace' };
  const bob = { id: 12, name: 'Bob Bemer' };
  const team = (id: number, assignees: unknown, time = '10:00', batch = 1) => ({
    id,
    assignees,
    ...origin(time, batch),
  });

  it('has a row for each element of an array, and one for a single object', async () => {
    const rows = await ask({ [objectKey('raw/team_with_assignees')]: [team(1, [ada, bob]), team(2, bob)] }, TEAMS);
    expect(rows).toEqual([
      { id: 1, assignee_id: 11, assignee_name: 'Ada Lovelace', deleted_at: null },
      { id: 1, assignee_id: 12, assignee_name: 'Bob Bemer', deleted_at: null },
      { id: 2, assignee_id: 12, assignee_name: 'Bob Bemer', deleted_at: null },
    ]);
  });

  it('has no row for a team without assignees, whatever the API says of it', async () => {
    const { assignees: _, ...without } = team(6, null);
    const rows = await ask(
      {
        [objectKey('raw/team_with_assignees')]: [
          team(1, null),
          team(2, []),
          team(3, 'unknown'),
          team(4, 0),
          team(5, [null, 7, 'x', [ada], '{"id":9}']),
          without,
          team(7, [null, ada]),
        ],
      },
      TEAMS,
    );
    expect(rows).toEqual([{ id: 7, assignee_id: 11, assignee_name: 'Ada Lovelace', deleted_at: null }]);
  });

  it('shows the assignees of the newest version only; a team that is gone keeps its last ones', async () => {
    const rows = await ask(
      {
        [objectKey('raw/team_with_assignees', 1)]: [team(1, [ada, bob]), team(2, [ada])],
        [objectKey('raw/team_with_assignees', 2)]: [team(1, [bob], '11:00', 2)],
      },
      TEAMS,
    );
    expect(rows).toEqual([
      { id: 1, assignee_id: 12, assignee_name: 'Bob Bemer', deleted_at: null },
      { id: 2, assignee_id: 11, assignee_name: 'Ada Lovelace', deleted_at: at('11:00') },
    ]);
  });

  it('reads names with quotes, brackets and line breaks', async () => {
    const name = 'A "quoted" \\ [name]\n{of} 😀';
    const rows = await ask({ [objectKey('raw/team_with_assignees')]: [team(1, [{ id: 1, name }])] }, TEAMS);
    expect(rows).toEqual([{ id: 1, assignee_id: 1, assignee_name: name, deleted_at: null }]);
  });
});
