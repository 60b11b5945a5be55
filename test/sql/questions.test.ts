import { expect, it } from 'vitest';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import { at, DAY, objectKey, origin, type Row, useLake } from './lake-of-lines.ts';
import { sessionObjects } from './session-lake.ts';

const ask = useLake();
const queries = await loadNamedQueries();
const textOf = (name: string, parameters: Readonly<Record<string, string>> = {}): string => {
  const query = queries.find((each) => each.name === name);
  if (query === undefined) throw new Error(`there is no question ${name}`);
  return fillParameters(query, { from: DAY, to: DAY, ...parameters });
};

const call = (id: number, time: string, more: Readonly<Record<string, unknown>> = {}, dt = DAY) => ({
  id,
  created_at: `${dt}T${time}:00.000Z`,
  updated_at: `${dt}T${time}:00.000Z`,
  status: 'finished',
  ...more,
  ...origin('20:00'),
});

it('first-call-resolution counts a further call of the same person within the days as a repeat', async () => {
  const later = '2026-03-05';
  const answered = (time: string, user: number | null, dt = DAY) => ({
    connected_at: `${dt}T${time}:00.000Z`,
    ended_at: `${dt}T${time}:00.000Z`,
    end_user: user === null ? null : { id: user },
    selected_menu: { id: 1, name: 'Help' },
  });
  const days = new Map([
    [
      DAY,
      [
        call(1, '10:00', answered('10:00', 7)),
        call(2, '10:00', answered('10:00', 8)),
        call(3, '10:00', answered('10:00', 9)),
        call(4, '11:00', { ...answered('11:00', 8), connected_at: null }),
        call(5, '12:00', answered('12:00', null)),
      ],
    ],
    [
      later,
      [call(6, '10:00', answered('10:00', 9, later), later), call(7, '09:59', answered('09:59', 7, later), later)],
    ],
  ]);
  const lake = sessionObjects('call', [...days.values()].flat());
  const answers = async (n: string) => (await ask(lake, textOf('first-call-resolution', { days: n })))[0];
  const row = { tenant: 'acme', queue_id: 1, queue: 'Help', answered_inbound_sessions: 4, unknown_callers: 1 };
  expect(await answers('2')).toEqual({ ...row, resolved: 2, repeated: 1, undecided: 0, resolved_percent: 66.7 });
  expect(await answers('3')).toEqual({ ...row, resolved: 1, repeated: 2, undecided: 0, resolved_percent: 33.3 });
  expect(await answers('4')).toEqual({ ...row, resolved: 0, repeated: 3, undecided: 0, resolved_percent: 0 });
  expect(await answers('0')).toEqual({ ...row, resolved: 3, repeated: 0, undecided: 0, resolved_percent: 100 });
});

it('call-history names what changed from version to version', async () => {
  const versions = [
    { updated_at: at('10:00'), status: 'queued', rating: null, ...origin('10:01', 1) },
    { updated_at: at('10:05'), status: 'finished', agent_info: { id: 11 }, rating: null, ...origin('10:06', 2) },
    { updated_at: at('11:00'), status: 'finished', agent_info: { id: 11 }, rating: 5, ...origin('11:01', 3) },
  ].map((version) => ({ id: 42, created_at: at('09:59'), ...version }));
  const lake = {
    [objectKey('raw/call')]: versions,
    [objectKey('raw/call', 2)]: [{ ...call(43, '10:00'), ...origin('10:01', 1) }],
  };
  const changes = (rows: Row[]) => rows.map((row) => [row.call_id, row.status, row.rating, row.changed]);
  const history = [
    [42, 'queued', null, '(first version)'],
    [42, 'finished', null, 'status, agent'],
    [42, 'finished', 5, 'rating'],
  ];
  expect(changes(await ask(lake, textOf('call-history')))).toEqual(history);
  expect(changes(await ask(lake, textOf('call-history', { call: '42' })))).toEqual(history);
  expect(changes(await ask(lake, textOf('call-history', { call: '43' })))).toEqual([
    [43, 'finished', null, '(first version)'],
  ]);
});

it('drift lists changes of the shape, newest first', async () => {
  const change = (path: string, time: string) => ({
    path,
    what: 'new_key',
    example: 'string',
    first_seen: at(time),
    run: 'r',
    ...origin(time),
  });
  const lake = { [objectKey('drift/call')]: [change('a', '10:00'), change('b', '11:00')] };
  expect(await ask(lake, textOf('drift'))).toEqual(
    [
      ['b', '11:00'],
      ['a', '10:00'],
    ].map(([path = '', time = '']) => ({
      tenant: 'acme',
      endpoint: 'call',
      what: 'new_key',
      path,
      example: 'string',
      first_seen: at(time),
    })),
  );
  expect(await ask(lake, textOf('drift', { from: '2026-02-01', to: '2026-02-02' }))).toEqual([]);
});

it('quarantine counts the quarantined records by reason', async () => {
  const aside = (reason: string, time: string) => ({ reason, record: {}, place: 'p', run: 'r', ...origin(time) });
  const lake = {
    [objectKey('quarantine/call')]: [aside('no id', '10:00'), aside('no date', '11:00'), aside('no id', '12:00')],
  };
  const row = (reason: string, records: number, first: string, last: string) => ({
    tenant: 'acme',
    endpoint: 'call',
    reason,
    records,
    first_met: at(first),
    last_met: at(last),
  });
  expect(await ask(lake, textOf('quarantine'))).toEqual([
    row('no id', 2, '10:00', '12:00'),
    row('no date', 1, '11:00', '11:00'),
  ]);
});
