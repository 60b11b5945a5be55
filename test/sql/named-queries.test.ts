import { describe, expect, it } from 'vitest';
import { METRIC_STATUSES, METRICS } from '../../catalog/segment-metrics.ts';
import { segmentCall, toSegmentRecord } from '../../lambdas/segments/segment-record.ts';
import { at, DAY, objectKey, origin, type Row, useLake } from './lake-of-lines.ts';
import { sessionObjects, textOf } from './session-lake.ts';

const ask = useLake();

type Fields = Readonly<Record<string, unknown>>;

const AGENTS = [
  { id: 11, first_name: 'Ada', last_name: 'Lovelace', ...origin('20:01') },
  { id: 12, first_name: 'Bob', last_name: null, ...origin('20:01') },
];

/** Calls with their facts, and two agents. */
const lake = (calls: readonly Fields[], more: Readonly<Record<string, readonly Record<string, unknown>[]>> = {}) => ({
  ...sessionObjects('call', calls),
  [objectKey('raw/agent')]: AGENTS,
  ...more,
});

const SALES = { id: 1, name: 'Sales' };
const HELP = { id: 2, name: 'Help' };

const plus = (time: string, seconds: number) => new Date(Date.parse(time) + seconds * 1000).toISOString();

/** A call that an agent answered after some seconds in the queue, and that lasted five minutes. */
const answered = (id: number, menu: Fields, wait: number, changes: Fields = {}): Fields => {
  const queued = String(changes.queued_at ?? at('10:00'));
  return {
    id,
    session_type_v2: 'Voice Inbound (IVR)',
    status: 'finished',
    fail_reason: 'nothing',
    created_at: plus(queued, -30),
    queued_at: queued,
    connected_at: plus(queued, wait),
    ends_at: plus(queued, wait + 300),
    selected_menu: menu,
    menu_path: { name: menu.name, materialized_path: String(menu.id) },
    agent_info: { id: 11 },
    ...changes,
  };
};

/** A call whose caller hung up after some seconds in the queue. */
const abandoned = (id: number, menu: Fields, after: number, changes: Fields = {}): Fields => {
  const { connected_at: _, agent_info: __, ...call } = answered(id, menu, 0, changes);
  return {
    ...call,
    ends_at: plus(String(call.queued_at), after),
    status: 'failed',
    fail_reason: 'eu_abandoned',
    ...changes,
  };
};

describe('service-level', () => {
  it('counts visits of each queue and day, in time if answered in less than the target', async () => {
    const rows = await ask(
      lake([
        answered(1, SALES, 19.999),
        answered(2, SALES, 20),
        answered(3, SALES, 0),
        abandoned(4, SALES, 60),
        answered(5, HELP, 5),
        { ...abandoned(6, SALES, 60), fail_reason: 'no_agent', disconnected_by: 'disconnected_by_system' },
        { ...abandoned(7, SALES, 60), status: 'queued', fail_reason: 'nothing', ends_at: null },
        abandoned(8, SALES, 60, {
          status: 'voicemail_read',
          fail_reason: 'nothing',
          voicemail_reason: 'user_requested',
        }),
        answered(9, SALES, 1, { session_type_v2: 'Voice Internal' }),
      ]),
      textOf('service-level', { interval: '1440' }),
    );
    expect(rows).toMatchObject([
      {
        queue_id: 2,
        queue: 'Help',
        visits: 1,
        offered: 1,
        answered: 1,
        service_level_percent: 100,
        abandon_percent: 0,
      },
      {
        queue_id: 1,
        queue: 'Sales',
        visits: 7,
        offered: 6,
        answered: 3,
        abandoned: 1,
        failed: 1,
        waiting: 1,
        voicemail_visits: 1,
        in_time: 2,
        not_in_time: 2,
        not_judged: 3,
        service_level_percent: 50,
        abandon_percent: 16.7,
        average_wait: 13.3,
        longest_wait: 20,
      },
    ]);
  });

  it('leaves out answers whose wait is not known, and so do the answers that agree with it', async () => {
    // connected before it entered the queue
    const unknown = (id: number) => ({ ...answered(id, SALES, -100), ends_at: at('10:05') });
    const calls = lake([...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => answered(id, SALES, 10)), unknown(9), unknown(10)]);
    const level = { visits: 10, answered: 10, abandoned: 0, unknown_waits: 2, in_time: 8, service_level_percent: 100 };
    expect(await ask(calls, textOf('service-level', { interval: '1440' }))).toMatchObject([level]);
    expect(await ask(calls, textOf('service-level-by-day'))).toMatchObject([level]);
    const periods = await ask(calls, textOf('key-figures', { before: DAY, from: DAY, to: DAY }));
    expect(periods).toMatchObject([level]);
    const waits = { answered: 10, unknown_waits: 2, average_wait: 10, longest_wait: 10 };
    expect(await ask(calls, textOf('arrivals'))).toMatchObject([waits]);
    expect(await ask(calls, textOf('wait-percentiles'))).toMatchObject([{ ...waits, p50: 10, p95: 10 }]);
    expect(await ask(lake([unknown(1)]), textOf('service-level-by-day'))).toMatchObject([
      { unknown_waits: 1, not_judged: 1, service_level_percent: null },
    ]);
  });

  it('tells queues of one name apart, and shows each with its path and its present name', async () => {
    const menu = (id: number, name: string, parent_id: number | null) => ({
      id,
      name,
      parent_id,
      menu_type: 'ivr_menu',
      ...origin('20:01'),
    });
    const menus = [
      menu(9, 'Billing', 100),
      menu(19, 'Billing', 200),
      menu(100, 'Private', null),
      menu(200, 'Business', null),
    ];
    const calls = [
      answered(1, { id: 9, name: 'Billing' }, 5),
      answered(2, { id: 9, name: 'Accounts' }, 5),
      answered(3, { id: 19, name: 'Billing' }, 50),
    ];
    const level = textOf('service-level', { interval: '1440' });
    expect(await ask(lake(calls, { [objectKey('raw/menu')]: menus }), level)).toMatchObject([
      { queue_id: 19, queue: 'Business > Billing', visits: 1, service_level_percent: 0 },
      { queue_id: 9, queue: 'Private > Billing', visits: 2, service_level_percent: 100 },
    ]);
    // without menus, the newest name in the calls
    const later = answered(2, { id: 9, name: 'Accounts' }, 5, { queued_at: at('11:00') });
    const renamed = calls.map((call) => (call.id === 2 ? later : call));
    expect(await ask(lake(renamed), level)).toMatchObject([
      { queue_id: 9, queue: 'Accounts', visits: 2 },
      { queue_id: 19, queue: 'Billing', visits: 1 },
    ]);
  });

  it('counts the visit of a second queue that the caller gave up after an answer', async () => {
    const call = answered(1, SALES, 10, {
      ends_at: at('10:10'),
      fail_reason: 'eu_abandoned',
      disconnected_by: 'disconnected_by_end_user',
      participants: [
        { id: 1, type: 'agent', status: 'finished', user_id: 11, connected_at: at('10:00:10'), ended_at: at('10:05') },
      ],
      transfers: [
        {
          id: 7,
          status: 'failed',
          fail_reason: 'eu_abandoned',
          created_at: at('10:05'),
          from_agent: { id: 11 },
          to_menu: HELP,
        },
      ],
    });
    expect(await ask(lake([call]), textOf('service-level', { interval: '1440' }))).toMatchObject([
      { queue_id: 2, visits: 1, answered: 0, abandoned: 1, service_level_percent: 0 },
      { queue_id: 1, visits: 1, answered: 1, abandoned: 0, service_level_percent: 100 },
    ]);
    expect(await ask(lake([call]), textOf('service-level-by-day'))).toMatchObject([
      { visits: 2, answered: 1, abandoned: 1 },
    ]);
    const [longest] = await ask(lake([call]), textOf('longest-waits'));
    expect(longest).toMatchObject({ queue_id: 2, abandoned: 1, longest_queue_time: 300 });
    expect(await ask(lake([call]), textOf('abandon-reasons'))).toMatchObject([
      { queue_id: 2, ended_as: 'abandoned', unanswered: 1, average_seconds: 300 },
    ]);
  });

  it('judges as the platform did, or by the target alone', async () => {
    const judged = (id: number, wait: number, service_level_event: string | null) => {
      const call = answered(id, SALES, wait);
      const visit = {
        id,
        started_at: call.queued_at,
        ended_at: call.connected_at,
        queue_duration: wait,
        menu_path: '1',
        agent_id: 11,
      };
      return { ...call, queue_durations: [{ ...visit, service_level_event }] };
    };
    const calls = lake([judged(1, 25, 'in_sla'), judged(2, 15, 'not_in_sla'), judged(3, 25, null), judged(4, 5, null)]);
    const levelBy = async (judge: string, target: string) =>
      (await ask(calls, textOf('service-level', { interval: '1440', judge, target })))[0]?.in_time;
    expect(await levelBy('platform', '20')).toBe(2);
    expect(await levelBy('platform', '30')).toBe(3);
    expect(await levelBy('target', '20')).toBe(2);
    expect(await levelBy('target', '5')).toBe(0);
  });

  it('counts short abandons from the queue or from the creation, in the rates or not', async () => {
    const calls = lake([answered(1, SALES, 5), abandoned(2, SALES, 9.999), abandoned(3, SALES, 10)]);
    const level = async (given: Readonly<Record<string, string>>) =>
      (await ask(calls, textOf('service-level', { interval: '1440', ...given })))[0];
    expect(await level({})).toMatchObject({
      abandoned: 2,
      short_abandons: 0,
      service_level_percent: 33.3,
      abandon_percent: 66.7,
    });
    const short = { abandoned: 2, short_abandons: 1 };
    expect(await level({ short: '10' })).toMatchObject({
      ...short,
      service_level_percent: 33.3,
      abandon_percent: 66.7,
    });
    expect(await level({ short: '10', count_short: 'no' })).toMatchObject({
      ...short,
      not_judged: 1,
      service_level_percent: 50,
      abandon_percent: 50,
    });
    // an IVR of 30 seconds comes before the queue
    expect(await level({ short: '10', short_from: 'creation' })).toMatchObject({ short_abandons: 0 });
    expect(await level({ short: '40', short_from: 'creation' })).toMatchObject({ short_abandons: 1 });
  });

  it('finds a scheduled call that was created as many days before as the parameter says', async () => {
    const scheduled = answered(1, SALES, 5, {
      session_type_v2: 'Voice Scheduled (Web)',
      created_at: '2026-02-20T10:00:00.000Z',
    });
    expect(await ask(lake([scheduled]), textOf('service-level'))).toEqual([]);
    expect(await ask(lake([scheduled]), textOf('service-level', { ahead: '10' }))).toMatchObject([{ answered: 1 }]);
  });
});

it('conferences leaves out internal calls of two agents', async () => {
  const party = (user_id: number, from: string, to: string) => ({
    id: user_id,
    type: 'agent',
    status: 'finished',
    user_id,
    connected_at: at(from),
    ended_at: at(to),
  });
  const call = (id: number, session_type_v2: string) =>
    answered(id, SALES, 0, {
      session_type_v2,
      participants: [party(11, '10:00', '10:05'), party(12, '10:01', '10:01:30')],
    });
  const internal = [1, 2, 3].map((id) => call(id, 'Voice Internal'));
  const rows = await ask(lake([...internal, call(4, 'Voice Inbound (IVR)')]), textOf('conferences'));
  expect(rows).toMatchObject([{ answered_sessions: 4, conferences: 1, average_conference_time: 30 }]);
});

it('api-and-portal leaves voicemails out of the calls of the portal', async () => {
  const voicemail = { fail_reason: 'nothing', voicemail_reason: 'user_requested' };
  const rows = await ask(
    lake([
      answered(1, SALES, 1),
      answered(2, SALES, 1),
      abandoned(3, SALES, 60, { status: 'voicemail_read', ...voicemail }),
      abandoned(4, SALES, 60, { status: 'voicemail', ...voicemail }),
    ]),
    textOf('api-and-portal'),
  );
  expect(rows).toMatchObject([{ api_calls: 4, voicemails: 2, portal_calls: 2 }]);
});

it('a call that a virtual agent handed over has one agent in every answer and view', async () => {
  const { agent_info: _, ...call } = answered(1, SALES, 5);
  const participants = [
    { id: 1, type: 'agent', status: 'finished', user_id: 12, connected_at: at('10:00:05'), ended_at: at('10:05:05') },
  ];
  const calls = lake([{ ...call, participants }]);
  const sql = `SELECT c.agent_info_id, s.agent_id, o.last_agent_id FROM call AS c
    JOIN call_segments AS s ON s.call_id = c.id JOIN session_outcome AS o ON o.session_id = c.id`;
  expect(await ask(calls, sql)).toEqual([{ agent_info_id: null, agent_id: 12, last_agent_id: 12 }]);
  const parameters = { wrap_up: 'no' };
  expect(await ask(calls, textOf('handle-time-by-agent', parameters))).toMatchObject([{ agent_id: 12, agent: 'Bob' }]);
  expect(await ask(calls, textOf('calls-without-ticket'))).toMatchObject([{ agent_id: 12 }]);
  expect(await ask(calls, textOf('longest-calls', parameters))).toMatchObject([{ agent_id: 12 }]);
});

it('chat-response-times takes the time in the queue from the API where it does not say when a chat was queued', async () => {
  const chat = (id: number, more: Fields) => ({
    id,
    chat_type: 'Messaging Inbound (Web Chat)',
    status: 'finished',
    created_at: at('09:00'),
    assigned_at: at('09:10'),
    ends_at: at('09:30'),
    agent_info: { id: 11 },
    ...more,
  });
  const web = Array.from({ length: 9 }, (_, i) => chat(i + 1, { queue_duration: 6, average_response_time: 8 }));
  const chats = [...web, chat(10, { queued_at: plus(at('09:10'), -100) })];
  const rows = await ask(sessionObjects('chat', chats), textOf('chat-response-times'));
  expect(rows).toMatchObject([
    { visits: 10, answered: 10, average_wait: 15.4, answered_sessions: 10, average_response_time: 8 },
  ]);
});

it('handle-time-by-agent counts every agent of a call, and says what it leaves out', async () => {
  const handled = (id: number, legs: readonly Fields[], changes: Fields = {}) =>
    answered(id, SALES, 0, { ends_at: at('10:30'), handle_durations: legs, ...changes });
  const leg = (id: number, agent_id: number, seconds: number, more: Fields = {}) => ({
    id,
    agent_id,
    menu_path: '1',
    started_at: at('10:00'),
    ended_at: plus(at('10:00'), seconds),
    call_duration: seconds,
    hold_duration: 0,
    acw_duration: 0,
    bcw_duration: 0,
    ...more,
  });
  const calls = lake([
    handled(1, [leg(1, 11, 100, { hold_duration: 20, acw_duration: 30 }), leg(2, 12, 300)]),
    handled(2, [leg(3, 11, 51, { bcw_duration: 9 })]),
    // its wrap-up is not known
    answered(3, SALES, 0),
    { ...answered(4, SALES, 0), session_type_v2: 'Voice Internal' },
    { ...answered(5, SALES, 0), status: 'connected', ends_at: null },
  ]);
  const rows = await ask(calls, textOf('handle-time-by-agent'));
  expect(rows).toMatchObject([
    { agent_id: 12, agent: 'Bob', legs: 1, handled: 1, average_handle_time: 300 },
    {
      agent_id: 11,
      agent: 'Ada Lovelace',
      legs: 5,
      internal_legs: 1,
      handled: 4,
      in_progress: 1,
      unknown_handle_times: 1,
      average_handle_time: 95,
      average_talk_time: 65.5,
      average_hold_time: 10,
      average_wrap_up_time: 15,
      average_before_call_time: 4.5,
    },
  ]);
  const ada = async (given: Readonly<Record<string, string>>) =>
    (await ask(calls, textOf('handle-time-by-agent', given))).find(({ agent_id }) => agent_id === 11);
  expect(await ada({ wrap_up: 'no' })).toMatchObject({ unknown_handle_times: 0, average_handle_time: 153.3 });
  expect(await ada({ before_call: 'no' })).toMatchObject({ average_handle_time: 90.5, average_before_call_time: 0 });
  expect(await ada({ wrap_up: 'no', internal: 'yes' })).toMatchObject({ internal_legs: 0, handled: 5 });
  expect(await ask(calls, textOf('longest-calls', { rows: '1' }))).toMatchObject([
    { session_id: 1, legs: 2, handle_seconds: 430, talk_seconds: 380, hold_seconds: 20, wrap_up_seconds: 30 },
  ]);
});

it('longest-waits gives the hours with the longest times in a queue, of answered callers and of those who gave up', async () => {
  const from = (time: string) => ({ queued_at: at(time) });
  const rows = await ask(
    lake([
      answered(1, SALES, 30, from('10:59:59')),
      answered(2, SALES, 90.26, from('11:00')),
      abandoned(3, SALES, 45.5, from('11:10')),
      answered(4, HELP, 120),
      abandoned(5, HELP, 3600, {
        fail_reason: 'no_agent',
        disconnected_by: 'disconnected_by_system',
        ...from('12:00'),
      }),
    ]),
    textOf('longest-waits'),
  );
  const row = (queue: string, hour: string, ...numbers: readonly number[]) => {
    const [visits, gaveUp, longest_queue_time, average_queue_time] = numbers;
    return { queue, hour: `${DAY} ${hour}`, visits, abandoned: gaveUp, longest_queue_time, average_queue_time };
  };
  expect(rows).toMatchObject([
    row('Help', '10:00', 1, 0, 120, 120),
    row('Sales', '11:00', 2, 1, 90.3, 67.9),
    row('Sales', '10:00', 1, 0, 30, 30),
  ]);
});

it('longest-waits gives the twenty worst hours', async () => {
  const calls = Array.from({ length: 22 }, (_, hour) =>
    answered(hour, SALES, 100 + hour, { queued_at: at(`${String(hour).padStart(2, '0')}:15`) }),
  );
  const rows = await ask(lake(calls), textOf('longest-waits'));
  expect(rows.map(({ longest_queue_time }) => longest_queue_time)).toEqual(
    Array.from({ length: 20 }, (_, rank) => 121 - rank),
  );
});

it('transfers counts who transferred to whom, and how each ended', async () => {
  const transfer = (hour: string, status: string, from: number, to: Fields) => ({
    created_at: at(hour),
    status,
    from_agent: { id: from },
    from_menu: SALES,
    ...to,
  });
  const rows = await ask(
    lake([
      answered(1, SALES, 0, {
        ends_at: at('10:30'),
        transfers: [
          transfer('10:01', 'transferred', 11, { to_agent: { id: 12 } }),
          transfer('10:05', 'failed', 11, { to_agent: { id: 12 } }),
          transfer('10:06', 'cancelled', 12, { to_menu: HELP }),
        ],
      }),
      answered(2, SALES, 0, { transfers: [transfer('10:02', 'transferred', 11, { to_agent: { id: 12 } })] }),
      answered(3, HELP, 0, { transfers: [] }),
      answered(4, HELP, 0, { transfers: null }),
    ]),
    textOf('transfers'),
  );
  expect(rows).toMatchObject([
    {
      from_agent: 'Ada Lovelace',
      from_queue: 'Sales',
      kind: 'agent',
      to_agent: 'Bob',
      to_queue: null,
      attempts: 3,
      escalations: 0,
      transfers: 3,
      transferred: 2,
      failed_transfers: 1,
      success_percent: 66.7,
    },
    {
      from_agent: 'Bob',
      kind: 'queue',
      to_queue_id: 2,
      to_queue: 'Help',
      transfers: 1,
      cancelled_transfers: 1,
      success_percent: 0,
    },
  ]);
});

it('plausibility names odd sessions and statuses with their ids', async () => {
  const status = (id: number, from: string, to: string) => ({
    id,
    agent_id: 11,
    activity: 'user_status_changed',
    status: { id: -7, name: 'In-call' },
    started_at: at(from),
    ended_at: at(to),
    call_id: 3,
    ...origin('20:01'),
  });
  const rows = await ask(
    lake(
      [
        answered(1, SALES, 10),
        answered(2, SALES, -100, { ends_at: at('10:05') }),
        { ...abandoned(3, SALES, 60), status: 'queued', fail_reason: 'nothing', ends_at: null },
      ],
      { [objectKey('raw/agent_status_history')]: [status(1, '10:00', '12:00'), status(2, '11:00', '11:30')] },
    ),
    textOf('plausibility'),
  );
  const found = rows.map((row) => [row.channel, row.session_id, row.status_row_id, row.finding]);
  expect(found).toContainEqual(['call', 3, null, 'zombie']);
  expect(found).toContainEqual(['call', 3, 1, 'status_cut']);
  expect(found).toContainEqual(['call', 2, null, 'inconsistent:queue_time']);
  expect(found.filter(([, session]) => session === 1)).toEqual([]);
  expect(found.filter(([, session]) => session === 2).length).toBeGreaterThan(1);
});

describe('metric-quality', () => {
  const finished = {
    call_type: 'Voice Inbound (IVR)',
    status: 'finished',
    created_at: at('10:00'),
    queued_at: at('10:01'),
    assigned_at: at('10:02'),
    connected_at: at('10:02:05'),
    ends_at: at('10:06'),
    call_duration: 235,
    hold_duration: 5,
    updated_at: at('10:07'),
  };
  /** Objects with the segments of calls, each a change of the finished one, computed as ingestion does. */
  const computed = (...changes: readonly object[]) => {
    const taken = (record: Row, index: number) => ({
      record: { ...record, id: index },
      dt: '2026-03-02',
      extractedAt: at('11:00'),
    });
    const records = changes.map((change, index) => ({
      ...toSegmentRecord(segmentCall(taken({ ...finished, ...change }, index) as never)),
      ...origin('11:00'),
    }));
    return { [objectKey('segments')]: records };
  };
  const shares = async (...changes: readonly object[]) =>
    new Map(
      (await ask(computed(...changes), textOf('metric-quality'))).map(({ metric, finding, calls, percent }) => [
        `${metric} ${finding}`,
        `${calls} ${percent}`,
      ]),
    );

  it('gives the share of every status of every metric', async () => {
    const open = { status: 'queued', assigned_at: null, connected_at: null, ends_at: null };
    const found = await shares({}, {}, { call_duration: null }, open);
    expect(found.get('talk_time ok')).toBe('2 50');
    expect(found.get('talk_time missing_input')).toBe('1 25');
    expect(found.get('talk_time pending')).toBe('1 25');
    expect(found.get('ring_time approximate')).toBe('3 75');
    for (const metric of METRICS) {
      const percents = METRIC_STATUSES.map((status) => Number(found.get(`${metric} ${status}`)?.split(' ')[1] ?? 0));
      expect([metric, percents.reduce((sum, percent) => sum + percent)]).toEqual([metric, 100]);
    }
  });

  it('gives the share of every anomaly, also of those that belong to a field or to participants', async () => {
    const found = await shares(
      { queued_at: at('10:02:05.400') },
      { hold_duration: 300, queued_at: 'soon' },
      { participants: [{ type: 'agent', connected_at: at('10:03'), ended_at: at('10:02') }] },
    );
    expect(found.get('queue_time clock_skew')).toBe('1 33.33');
    expect(found.get('talk_time negative')).toBe('1 33.33');
    expect(found.get('talk_time inconsistent')).toBe('1 33.33');
    expect(found.get('queued_at bad_timestamp')).toBe('1 33.33');
    expect(found.get('participant negative')).toBe('1 33.33');
  });

  it('shows immediately that a field vanished', async () => {
    const vanished = { assigned_at: undefined };
    expect((await shares({}, {})).get('ring_time approximate')).toBe('2 100');
    expect((await shares(vanished, vanished)).get('ring_time missing_input')).toBe('2 100');
  });

  it('counts each tenant and day separately, in their order', async () => {
    const { [objectKey('segments')]: lines = [] } = computed({});
    const places = [
      { tenant: 'beta', dt: '2026-03-02' },
      { tenant: 'acme', dt: '2026-03-03' },
      { tenant: 'acme', dt: '2026-03-02' },
    ];
    const rows = await ask(
      Object.fromEntries(places.map((place) => [objectKey('segments', 1, place), lines])),
      textOf('metric-quality', { to: '2026-03-03' }),
    );
    expect(new Set(rows.map(({ calls, percent }) => `${calls} ${percent}`))).toEqual(new Set(['1 100']));
    expect([...new Set(rows.map(({ tenant, day }) => `${tenant} ${day}`))]).toEqual([
      'acme 2026-03-02',
      'acme 2026-03-03',
      'beta 2026-03-02',
    ]);
  });
});
