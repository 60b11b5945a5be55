import { describe, expect, it } from 'vitest';
import { METRIC_STATUSES, METRICS } from '../../catalog/segment-metrics.ts';
import { segmentCall, toSegmentRecord } from '../../lambdas/segments/segment-record.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import { at, DAY, objectKey, origin, type Row, useLake } from './lake-of-lines.ts';

const ask = useLake();
const queries = await loadNamedQueries();
/** The text of a question for the fixture's day, or for other days and values. */
const textOf = (name: string, parameters: Readonly<Record<string, string>> = {}): string => {
  const query = queries.find((each) => each.name === name);
  if (query === undefined) throw new Error(`there is no question ${name}`);
  const days = query.parameters.some((parameter) => parameter.name === 'from') ? { from: DAY, to: DAY } : {};
  return fillParameters(query, { ...days, ...parameters });
};

/** A call and what was computed of it, as two lines. */
interface Call {
  readonly id: number;
  readonly queue?: string;
  /** Time of day. */
  readonly queued?: string;
  readonly connected?: string;
  readonly ended?: string;
  readonly status?: string;
  readonly failed?: string;
  readonly family?: string;
  readonly agent?: number;
  readonly transfers?: unknown;
  readonly voicemail?: string;
  /** Metrics in seconds, e.g. `queue_time`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

const time = (text: string | undefined) => (text === undefined ? null : at(text));

function lake(calls: readonly Call[], more: Readonly<Record<string, readonly Record<string, unknown>[]>> = {}) {
  const records = calls.map((call) => ({
    id: call.id,
    status: call.status ?? 'finished',
    fail_reason: call.failed ?? 'nothing',
    created_at: at('08:00'),
    queued_at: time(call.queued),
    connected_at: time(call.connected),
    ended_at: time(call.ended),
    updated_at: at('20:00'),
    selected_menu: { id: 1, name: call.queue },
    transfers: call.transfers,
    voicemail_reason: call.voicemail,
    ...origin('20:01'),
  }));
  const segments = calls.map((call) => ({
    call_id: call.id,
    family: call.family ?? 'inbound',
    created_at: at('08:00'),
    queue_name: call.queue,
    agent_id: call.agent,
    updated_at: at('20:00'),
    ...call.metrics,
    ...origin('20:01'),
  }));
  const agents = [
    { id: 11, first_name: 'Ada', last_name: 'Lovelace', ...origin('20:01') },
    { id: 12, first_name: 'Bob', last_name: null, ...origin('20:01') },
  ];
  return {
    [objectKey('raw/call')]: records,
    [objectKey('segments')]: segments,
    [objectKey('raw/agent')]: agents,
    ...more,
  };
}

const answered = (id: number, queue: string, queue_time: number): Call => ({
  id,
  queue,
  queued: '10:00',
  connected: '10:05',
  ended: '10:10',
  metrics: { queue_time },
});
const abandoned = (id: number, queue: string, call: Partial<Call> = {}): Call => ({
  id,
  queue,
  queued: '10:00',
  ended: '10:01',
  status: 'failed',
  failed: 'eu_abandoned',
  ...call,
});

it('service-level leaves out calls whose wait is not known, and so do the answers that agree with it', async () => {
  const unknown = (id: number): Call => ({ ...answered(id, 'Sales', 0), metrics: {} });
  const calls = lake([...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => answered(id, 'Sales', 10)), unknown(9), unknown(10)]);
  const level = { calls: 10, answered: 10, abandoned: 0, unknown_waits: 2, service_level_percent: 100 };
  expect(await ask(calls, textOf('service-level', { interval: '1440' }))).toMatchObject([level]);
  expect(await ask(calls, textOf('service-level-by-day'))).toMatchObject([level]);
  const [period] = await ask(calls, textOf('key-figures', { before: DAY, from: DAY, to: DAY }));
  expect(period).toMatchObject({ service_level_percent: 100 });
  expect(await ask(calls, textOf('arrivals'))).toMatchObject([{ calls: 10, average_wait: 10, longest_wait: 10 }]);
  const all = lake([unknown(1)]);
  expect(await ask(all, textOf('service-level-by-day'))).toMatchObject([
    { unknown_waits: 1, service_level_percent: null },
  ]);
});

it('conferences leaves out internal calls of two agents', async () => {
  const agents = (call: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: call * 10 + i,
      call_id: call,
      type: 'agent',
      user_id: i + 1,
      connected_at: at('10:00'),
      _parent_type: 'call',
      _parent_id: call,
      _parent_updated_at: at('20:00'),
      _parent_path: `participants[${i}]`,
      ...origin('20:01'),
    }));
  const talk = (id: number, family: string): Call => ({
    id,
    family,
    metrics: { handle_time: 60, conference_time: 30 },
  });
  const rows = await ask(
    lake([talk(1, 'internal'), talk(2, 'internal'), talk(3, 'internal'), talk(4, 'ivr')], {
      [objectKey('raw/call_participant')]: [...agents(1, 2), ...agents(2, 2), ...agents(3, 3), ...agents(4, 2)],
    }),
    textOf('conferences'),
  );
  expect(rows).toMatchObject([{ answered: 4, conferences: 2, average_conference_time: 30 }]);
});

it('api-and-portal leaves voicemails out of the calls of the portal', async () => {
  const rows = await ask(
    lake([
      answered(1, 'Sales', 1),
      answered(2, 'Sales', 1),
      { id: 3, queue: 'Sales', queued: '10:00', status: 'voicemail_read', voicemail: 'user_requested' },
      { id: 4, queue: 'Sales', queued: '10:00', status: 'voicemail' },
    ]),
    textOf('api-and-portal'),
  );
  expect(rows).toMatchObject([{ api_calls: 4, voicemails: 2, portal_calls: 2 }]);
});

it('agent-day begins and ends at midnight, also in a status that lasts longer', async () => {
  const before = new Date(Date.parse(at('00:00')) - 30 * 60_000).toISOString();
  const status = (id: number, started_at: string, ended_at: string | null, status_name: string) => ({
    id,
    agent_id: 11,
    activity: 'user_status_changed',
    status: { id, name: status_name },
    started_at,
    ended_at,
    ...origin('20:01'),
  });
  const next = new Date(Date.parse(at('23:00')) + 2 * 3_600_000).toISOString();
  const statuses = lake([], {
    [objectKey('raw/agent_status_history', 1, { dt: before.slice(0, 10) })]: [status(1, before, at('02:00'), 'A')],
    [objectKey('raw/agent_status_history')]: [
      status(2, at('02:00'), null, 'B'),
      status(3, at('06:00'), at('06:30'), 'C'),
      status(4, at('23:00'), next, 'D'),
    ],
  });
  const rows = await ask(statuses, textOf('agent-day', { day: DAY }));
  expect(rows.map(({ starts, ends, minutes }) => `${starts}-${ends} ${minutes}`)).toEqual([
    '00:00:00-02:00:00 120',
    '02:00:00-06:00:00 240',
    '06:00:00-06:30:00 30',
    '23:00:00-24:00:00 60',
  ]);
});

it('chat-response-times takes the time in the queue from the API where it does not say when a chat was queued', async () => {
  const chat = (id: number, more: Record<string, unknown>) => ({
    id,
    created_at: at('09:00'),
    updated_at: at('10:00'),
    assigned_at: at('09:10'),
    ...more,
    ...origin('20:01'),
  });
  const web = Array.from({ length: 9 }, (_, i) => chat(i + 1, { queue_duration: 6 }));
  const chats = [...web, chat(10, { queued_at: new Date(Date.parse(at('09:10')) - 100_000).toISOString() })];
  const rows = await ask({ [objectKey('raw/chat')]: chats }, textOf('chat-response-times'));
  expect(rows).toMatchObject([{ chats: 10, taken: 10, average_wait: 15.4 }]);
});

describe('a status', () => {
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

  /** Local day and time of an instant, as Intl has them. */
  const local = (zone: string, time: number) => {
    const parts = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    }).formatToParts(time);
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    return {
      day: `${of('year')}-${of('month')}-${of('day')}`,
      minutes: Number(of('hour')) * 60 + Number(of('minute')),
    };
  };

  it.each([
    ['America/New_York', '2026-11-01'],
    ['America/New_York', '2026-03-08'],
    ['Europe/Berlin', '2026-10-25'],
    ['Australia/Lord_Howe', '2026-04-05'],
    ['Asia/Kathmandu', '2026-03-02'],
    ['Africa/Cairo', '2026-04-24'],
    ['Pacific/Chatham', '2026-09-27'],
  ])('of %s counts every second once on %s, in intervals of every length', async (zone, day) => {
    const noon = Date.parse(`${day}T12:00:00Z`);
    const starts = [-31.3, -20.7, -9.1, -4.4, 2.2, 7.9, 19.3, 30].map((hours) => noon + Math.round(hours * 3_600_000));
    const statuses = starts.slice(0, -1).map((start, i) => ({
      id: i + 1,
      agent_id: 11,
      activity: 'user_status_changed',
      status: { id: i % 2 === 0 ? -7 : 0, name: 'x' },
      started_at: new Date(start).toISOString(),
      ended_at: new Date(starts[i + 1] ?? 0).toISOString(),
      ...origin('20:01'),
    }));
    const objects = Object.fromEntries(
      [...Map.groupBy(statuses, ({ started_at }) => dayOf(Date.parse(started_at)))].map(([dt, rows]) => [
        objectKey('raw/agent_status_history', 1, { dt }),
        rows,
      ]),
    );
    for (const interval of [15, 30, 60, 1440]) {
      const expected = new Map<string, number>();
      for (let time = starts[0] ?? 0; time < (starts.at(-1) ?? 0); time += 60_000) {
        const here = local(zone, time);
        if (here.day !== day) continue;
        const minutes = Math.floor(here.minutes / interval) * interval;
        const label = `${day} ${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        expected.set(label, (expected.get(label) ?? 0) + 1 / 60);
      }
      const parameters = { from: day, to: day, zone, interval: String(interval) };
      const rows = await ask(objects, textOf('occupancy', parameters));
      expect(rows.map((row) => row.interval_start)).toEqual([...expected.keys()].sort());
      for (const row of rows) expect(row.duty_hours).toBeCloseTo(expected.get(String(row.interval_start)) ?? 0, 1);
      const worked = await ask(objects, textOf('adherence', parameters));
      expect(worked.map((row) => [row.interval_start, row.logged_in_hours])).toEqual(
        rows.map((row) => [row.interval_start, row.duty_hours]),
      );
    }
  });
});

it('service-level counts answered and abandoned calls of each queue and day', async () => {
  const rows = await ask(
    lake([
      answered(1, 'Sales', 20),
      answered(2, 'Sales', 20.001),
      answered(3, 'Sales', 0),
      abandoned(4, 'Sales'),
      answered(5, 'Help', 5),
      // neither: still waiting, given up by the system, never queued, not a caller
      { id: 6, queue: 'Sales', queued: '10:00', status: 'queued' },
      abandoned(7, 'Sales', { failed: 'no_agent' }),
      { id: 8, queue: 'Sales', connected: '10:00', metrics: { queue_time: 1 } },
      { ...answered(9, 'Sales', 1), family: 'internal' },
      { ...answered(10, 'Sales', 1), family: 'outbound' },
      { id: 11, queue: 'Sales', queued: '10:00', status: 'queued', failed: 'eu_abandoned' },
    ]),
    textOf('service-level', { interval: '1440' }),
  );
  const common = { tenant: 'acme', interval_start: '2026-03-02 00:00' };
  expect(rows).toEqual([
    {
      ...common,
      queue_name: 'Help',
      calls: 1,
      answered: 1,
      abandoned: 0,
      unknown_waits: 0,
      service_level_percent: 100,
      abandon_percent: 0,
    },
    {
      ...common,
      queue_name: 'Sales',
      calls: 4,
      answered: 3,
      abandoned: 1,
      unknown_waits: 0,
      service_level_percent: 50,
      abandon_percent: 25,
    },
  ]);
});

it('handle-time-by-agent averages over the calls with a handle time, the longest first', async () => {
  const rows = await ask(
    lake([
      { id: 1, agent: 11, metrics: { handle_time: 100, talk_time: 80, hold_time: 5, ring_time: 3 } },
      { id: 2, agent: 11, metrics: { handle_time: 51, talk_time: 40, ring_time: 4 } },
      { id: 3, agent: 12, metrics: { handle_time: 300 } },
      { id: 4, agent: 11, metrics: { talk_time: 9_999 } },
      { id: 5, metrics: { handle_time: 9_999 } },
      { id: 6, agent: 13, metrics: { handle_time: 10 } },
    ]),
    textOf('handle-time-by-agent'),
  );
  const row = (agent_id: number, agent: string, calls: number, ...averages: readonly (number | null)[]) => {
    const [average_handle_time, average_talk_time, average_hold_time, average_ring_time] = averages;
    return {
      tenant: 'acme',
      agent_id,
      agent,
      calls,
      average_handle_time,
      average_talk_time,
      average_hold_time,
      average_ring_time,
    };
  };
  expect(rows).toEqual([
    row(12, 'Bob', 1, 300, null, null, null),
    row(11, 'Ada Lovelace', 2, 75.5, 60, 5, 3.5),
    row(13, '', 1, 10, null, null, null),
  ]);
});

const { ended: _, ...stillWaiting } = abandoned(5, 'Help', { queued: '12:00' });

it('longest-waits gives the hours with the longest waits, of answered callers and of those who gave up', async () => {
  const rows = await ask(
    lake([
      { ...answered(1, 'Sales', 30), queued: '10:59:59' },
      { ...answered(2, 'Sales', 90.26), queued: '11:00' },
      abandoned(3, 'Sales', { queued: '11:10', ended: '11:10:45.500' }),
      answered(4, 'Help', 120),
      // no wait: not over, ended before it began, not a caller, given up by the system
      stillWaiting,
      abandoned(6, 'Help', { queued: '12:00', ended: '11:59' }),
      { ...answered(7, 'Help', 999), family: 'outbound' },
      abandoned(8, 'Help', { failed: 'no_agent', queued: '12:00', ended: '13:00' }),
    ]),
    textOf('longest-waits'),
  );
  const row = (queue_name: string, hour: string, ...numbers: readonly number[]) => {
    const [calls, gaveUp, longest_wait, average_wait] = numbers;
    return { tenant: 'acme', queue_name, hour: `${DAY} ${hour}`, calls, abandoned: gaveUp, longest_wait, average_wait };
  };
  expect(rows).toEqual([
    row('Help', '10:00', 1, 0, 120, 120),
    row('Sales', '11:00', 2, 1, 90.3, 67.9),
    row('Sales', '10:00', 1, 0, 30, 30),
  ]);
});

it('longest-waits gives the twenty worst hours', async () => {
  const calls = Array.from({ length: 22 }, (_, hour) => ({
    ...answered(hour, 'Sales', 100 + hour),
    queued: `${String(hour).padStart(2, '0')}:15`,
  }));
  const rows = await ask(lake(calls), textOf('longest-waits'));
  expect(rows.map(({ longest_wait }) => longest_wait)).toEqual(Array.from({ length: 20 }, (_, rank) => 121 - rank));
});

describe('occupancy', () => {
  const status = (id: number, agent_id: number, status_id: number, started_at: string, ended_at: string | null) => ({
    id,
    agent_id,
    status: { id: status_id },
    activity: 'user_status_changed',
    started_at,
    ended_at,
    ...origin('2026-03-04T00:00:00.000Z'),
  });
  const occupancy = (...history: Record<string, unknown>[]): Promise<Row[]> =>
    ask(lake([], { [objectKey('raw/agent_status_history')]: history }), textOf('occupancy', { to: '2026-03-04' }));
  const row = (day: string, agent_id: number, agent: string, busy: number, duty: number, percent: number) => ({
    tenant: 'acme',
    agent_id,
    agent,
    interval_start: `${day} 00:00`,
    busy_hours: busy,
    duty_hours: duty,
    occupancy_percent: percent,
  });

  it('is the share of calls, chats and wrap-up in the time on duty', async () => {
    const rows = await occupancy(
      status(1, 11, 0, at('08:00'), at('10:00')),
      status(2, 11, -7, at('10:00'), at('11:00')),
      status(3, 11, -6, at('11:00'), at('11:15')),
      status(4, 11, -8, at('11:15'), at('12:00')),
      // a break, a status that lasts, a notification, a status without length
      status(5, 11, 5, at('12:00'), at('13:00')),
      status(6, 11, -7, at('13:00'), null),
      { ...status(7, 11, -7, at('09:00'), at('12:00')), activity: 'call_picked_up' },
      status(8, 12, -7, at('09:00'), at('09:00')),
      status(9, 12, 0, at('09:00'), at('09:30')),
    );
    expect(rows).toEqual([row('2026-03-02', 11, 'Ada Lovelace', 2, 4, 50), row('2026-03-02', 12, 'Bob', 0, 0.5, 0)]);
  });

  it('divides a status at midnight, also over a whole day', async () => {
    const rows = await occupancy(
      status(1, 11, -7, at('22:00'), '2026-03-04T01:30:00.000Z'),
      status(2, 11, 0, at('20:00'), at('22:00')),
      status(3, 12, 0, at('23:00'), '2026-03-03T00:00:00.000Z'),
    );
    expect(rows).toEqual([
      row('2026-03-02', 11, 'Ada Lovelace', 2, 4, 50),
      row('2026-03-02', 12, 'Bob', 0, 1, 0),
      row('2026-03-03', 11, 'Ada Lovelace', 24, 24, 100),
      row('2026-03-04', 11, 'Ada Lovelace', 1.5, 1.5, 100),
    ]);
  });
});

it('transfers counts who transferred to whom, and how often it succeeded', async () => {
  const ada = { id: 11, name: 'Ada' };
  const bob = { id: 12, name: 'Bob' };
  const help = { id: 2, name: 'Help' };
  const transfer = (hour: string, status: string, from_agent: object, to: object) => ({
    created_at: at(hour),
    status,
    from_agent,
    ...to,
  });
  const rows = await ask(
    lake([
      {
        id: 1,
        queue: 'Sales',
        transfers: [
          transfer('10:00', 'transferred', ada, { to_agent: bob }),
          transfer('10:05', 'failed', { ...ada, name: 'Ada L.' }, { to_agent: bob }),
          transfer('10:06', 'transferred', bob, { to_menu: help }),
        ],
      },
      { id: 2, queue: 'Sales', transfers: [transfer('09:00', 'transferred', ada, { to_agent: bob })] },
      { id: 3, queue: 'Help', transfers: [transfer('09:00', 'failed', ada, { to_agent: bob, to_menu: help })] },
      { id: 4, queue: 'Help', transfers: [] },
      { id: 5, queue: 'Help', transfers: null },
      { id: 6, queue: 'Help' },
    ]),
    textOf('transfers'),
  );
  const row = (
    from: string,
    queue: string,
    to: string | null,
    toQueue: string | null,
    ...numbers: readonly number[]
  ) => {
    const [transfers, succeeded, success_percent] = numbers;
    return {
      tenant: 'acme',
      from_agent: from,
      from_queue: queue,
      to_agent: to,
      to_queue: toQueue,
      transfers,
      succeeded,
      success_percent,
    };
  };
  expect(rows).toEqual([
    row('Ada L.', 'Sales', 'Bob', null, 3, 2, 66.7),
    row('Ada', 'Help', 'Bob', 'Help', 1, 0, 0),
    row('Bob', 'Sales', null, 'Help', 1, 1, 100),
  ]);
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
