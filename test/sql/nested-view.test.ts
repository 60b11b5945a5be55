import { describe, expect, it } from 'vitest';
import { at, objectKey, origin, useLake } from './lake-of-lines.ts';

const ask = useLake();

type Origin = ReturnType<typeof origin>;

/** The parts of one version of a call as ingestion writes them. */
const version = (parent: number, changed: string, from: Origin) => {
  const own = { _parent_type: 'call', _parent_id: parent, _parent_updated_at: at(changed) };
  return {
    none: { ...own, _none: true, ...from },
    participant: (index: number, id: number, type = 'agent') => ({
      id,
      call_id: parent,
      type,
      ...own,
      _parent_path: `participants[${index}]`,
      ...from,
    }),
  };
};

const PARTICIPANTS = 'SELECT id, parent_id, type FROM call_participant ORDER BY parent_id, id';

describe('a nested view', () => {
  it('has the children of the newest version of each parent, without removed ones', async () => {
    const old = version(7, '09:01', origin('09:02', 1));
    const newest = version(7, '09:05', origin('09:06', 2));
    const other = version(8, '09:00', origin('09:02', 1));
    const rows = await ask(
      {
        [objectKey('raw/call_participant', 2)]: [newest.participant(0, 71, 'end_user'), newest.participant(1, 73)],
        [objectKey('raw/call_participant', 1)]: [
          old.participant(0, 71, 'unknown'),
          old.participant(1, 72),
          old.participant(2, 74),
          other.participant(0, 81),
        ],
      },
      PARTICIPANTS,
    );
    expect(rows).toEqual([
      { id: 71, parent_id: 7, type: 'end_user' },
      { id: 73, parent_id: 7, type: 'agent' },
      { id: 81, parent_id: 8, type: 'agent' },
    ]);
  });

  it('ignores an old version of the parent that arrives late', async () => {
    const newest = version(7, '09:05', origin('09:06', 1));
    const late = version(7, '09:01', origin('12:00', 2));
    const rows = await ask(
      {
        [objectKey('raw/call_participant', 1)]: [newest.participant(0, 71)],
        [objectKey('raw/call_participant', 2)]: [late.participant(0, 70), late.participant(1, 72)],
      },
      PARTICIPANTS,
    );
    expect(rows).toEqual([{ id: 71, parent_id: 7, type: 'agent' }]);
  });

  it('has no child of a parent whose newest version has none: its marker counts and is never a row', async () => {
    const rows = await ask(
      {
        [objectKey('raw/call_participant', 1)]: [
          version(7, '09:01', origin('09:02', 1)).participant(0, 71),
          version(8, '09:01', origin('09:02', 1)).none,
        ],
        [objectKey('raw/call_participant', 2)]: [
          version(7, '09:05', origin('09:06', 2)).none,
          version(8, '09:05', origin('09:06', 2)).participant(0, 81),
        ],
      },
      PARTICIPANTS,
    );
    expect(rows).toEqual([{ id: 81, parent_id: 8, type: 'agent' }]);
  });

  it('shows a child once, however often the version of its parent was read and written', async () => {
    const first = version(7, '09:05', origin('09:06', 1));
    const again = version(7, '09:05', origin('09:10', 2));
    const rows = await ask(
      {
        [objectKey('raw/call_participant', 1)]: [first.participant(0, 71), first.participant(1, 72)],
        [objectKey('raw/call_participant', 2)]: [again.participant(0, 71), again.participant(1, 72)],
        [objectKey('raw/call_participant', 3)]: [again.participant(0, 71), again.participant(1, 72)],
      },
      `SELECT id, parent_path, extracted_at FROM call_participant ORDER BY id`,
    );
    expect(rows).toEqual([
      { id: 71, parent_path: 'participants[0]', extracted_at: at('09:10') },
      { id: 72, parent_path: 'participants[1]', extracted_at: at('09:10') },
    ]);
  });

  it('shows the origin of a child', async () => {
    const rows = await ask(
      { [objectKey('raw/call_participant')]: [version(7, '09:05', origin('09:06')).participant(2, 71)] },
      'SELECT parent_type, parent_id, parent_path, parent_updated_at, batch FROM call_participant',
    );
    expect(rows).toEqual([
      {
        parent_type: 'call',
        parent_id: 7,
        parent_path: 'participants[2]',
        parent_updated_at: at('09:05'),
        batch: '0000000001',
      },
    ]);
  });

  it('keeps calls and chats apart: their ids collide', async () => {
    const photo = (parent: string, id: number, changed: string, from: Origin) => ({
      id,
      _parent_type: parent,
      _parent_id: 7,
      _parent_updated_at: at(changed),
      _parent_path: 'photos[0]',
      ...from,
    });
    const rows = await ask(
      {
        [objectKey('raw/photo')]: [
          photo('call', 1, '09:01', origin('09:02')),
          photo('chat', 2, '09:05', origin('09:06', 2)),
        ],
      },
      'SELECT id, parent_type, parent_id FROM photo ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 1, parent_type: 'call', parent_id: 7 },
      { id: 2, parent_type: 'chat', parent_id: 7 },
    ]);
  });

  it('keeps tenants and records without ids apart', async () => {
    const change = (path: string, field: string) => ({
      field,
      old: 'a',
      new_value: 'b',
      _parent_type: 'call',
      _parent_id: 7,
      _parent_updated_at: at('09:01'),
      _parent_path: path,
      ...origin('09:02'),
    });
    const rows = await ask(
      {
        [objectKey('raw/changed_detail')]: [change('changed_details[0]', 'x'), change('changed_details[1]', 'x')],
        [objectKey('raw/changed_detail', 1, { tenant: 'beta' })]: [change('changed_details[0]', 'y')],
      },
      'SELECT tenant, field, old_value, new_value, parent_path FROM changed_detail ORDER BY tenant, parent_path',
    );
    expect(rows).toEqual([
      { tenant: 'acme', field: 'x', old_value: 'a', new_value: 'b', parent_path: 'changed_details[0]' },
      { tenant: 'acme', field: 'x', old_value: 'a', new_value: 'b', parent_path: 'changed_details[1]' },
      { tenant: 'beta', field: 'y', old_value: 'a', new_value: 'b', parent_path: 'changed_details[0]' },
    ]);
  });
});

it('a nested history has the children of every version of each parent, once', async () => {
  const old = version(7, '09:01', origin('09:02', 1));
  const again = version(7, '09:01', origin('09:03', 2));
  const newest = version(7, '09:05', origin('09:06', 3));
  const rows = await ask(
    {
      [objectKey('raw/call_participant', 1)]: [old.participant(0, 71), old.participant(1, 72)],
      [objectKey('raw/call_participant', 2)]: [again.participant(0, 71), again.participant(1, 72)],
      [objectKey('raw/call_participant', 3)]: [newest.participant(0, 71), version(8, '09:05', origin('09:06', 3)).none],
    },
    'SELECT id, parent_id, parent_updated_at, extracted_at FROM call_participant_history ORDER BY extracted_at, id',
  );
  expect(rows).toEqual([
    { id: 71, parent_id: 7, parent_updated_at: at('09:01'), extracted_at: at('09:02') },
    { id: 72, parent_id: 7, parent_updated_at: at('09:01'), extracted_at: at('09:02') },
    { id: 71, parent_id: 7, parent_updated_at: at('09:05'), extracted_at: at('09:06') },
  ]);
});

describe('user_info', () => {
  const assignee = (id: number, team: number, index: number, from: Origin) => ({
    id,
    name: `Agent ${id}`,
    _parent_type: 'team_with_assignees',
    _parent_id: team,
    _parent_updated_at: null,
    _parent_path: `assignees[${index}]`,
    ...from,
  });
  const inCall = {
    id: 5,
    _parent_type: 'call',
    _parent_id: 7,
    _parent_updated_at: at('08:00'),
    _parent_path: 'agent_info',
    ...origin('08:01'),
  };
  const USERS = 'SELECT id, parent_type, parent_id, parent_path FROM user_info ORDER BY parent_type, parent_id, id';
  const fromCall = { id: 5, parent_type: 'call', parent_id: 7, parent_path: 'agent_info' };
  const inTeam = (id: number, parent_id: number, index: number) => ({
    id,
    parent_type: 'team_with_assignees',
    parent_id,
    parent_path: `assignees[${index}]`,
  });

  it('has only the assignees of the newest snapshot of the teams, whatever its day', async () => {
    const before = origin('10:00', 1);
    const now = origin('2026-03-03T10:00:00.000Z', 2);
    const rows = await ask(
      {
        [objectKey('raw/user_info', 1)]: [
          assignee(11, 1, 0, before),
          assignee(12, 1, 1, before),
          assignee(13, 2, 0, before),
          inCall,
        ],
        [objectKey('raw/user_info', 2, { dt: '2026-03-03' })]: [assignee(12, 1, 0, now), assignee(14, 3, 0, now)],
      },
      USERS,
    );
    expect(rows).toEqual([fromCall, inTeam(12, 1, 0), inTeam(14, 3, 0)]);
  });

  it('has none of them after a snapshot without assignees, or without teams', async () => {
    const none = { _parent_type: 'team_with_assignees', _parent_updated_at: null, _none: true };
    const rows = await ask(
      {
        [objectKey('raw/user_info', 1)]: [inCall, assignee(11, 1, 0, origin('10:00', 1))],
        [objectKey('raw/user_info', 2)]: [{ ...none, _parent_id: 1, ...origin('11:00', 2) }],
        [objectKey('raw/user_info', 1, { tenant: 'beta' })]: [assignee(21, 1, 0, origin('10:00', 1))],
        [objectKey('raw/user_info', 2, { tenant: 'beta' })]: [{ ...none, _parent_id: null, ...origin('11:00', 2) }],
      },
      USERS,
    );
    expect(rows).toEqual([fromCall]);
  });

  it('shows an assignee once per team, even if the snapshot was written twice', async () => {
    const line = assignee(11, 1, 0, origin('10:00'));
    const rows = await ask(
      {
        [objectKey('raw/user_info', 1)]: [line],
        [objectKey('raw/user_info', 2)]: [line, assignee(11, 2, 0, origin('10:00'))],
      },
      USERS,
    );
    expect(rows).toEqual([inTeam(11, 1, 0), inTeam(11, 2, 0)]);
  });

  it('shows who changed a status according to its last reading', async () => {
    const whodunnit = (id: number, from: Origin) => ({
      id,
      _parent_type: 'agent_status_history',
      _parent_id: 3,
      _parent_updated_at: null,
      _parent_path: 'whodunnit',
      ...from,
    });
    const rows = await ask(
      {
        [objectKey('raw/user_info', 2)]: [whodunnit(2, origin('09:10', 2))],
        [objectKey('raw/user_info', 1)]: [whodunnit(1, origin('09:00', 1))],
      },
      'SELECT id, parent_updated_at FROM user_info',
    );
    expect(rows).toEqual([{ id: 2, parent_updated_at: null }]);
  });
});
