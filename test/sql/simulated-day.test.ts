import { describe, expect, it } from 'vitest';
import { type Call, callsOf, clock, has, isOffered, mean, rounded, share } from './simulated-calls.ts';
import { DAY, KOLKATA, useSimulatedDay } from './simulated-day.ts';

const day = useSimulatedDay();
const calls = () => callsOf(day());
const one = { from: DAY, to: DAY };
const HOUR = 3_600_000;

const groups = <T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] =>
  [...Map.groupBy(items, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));
const near = (value: number, tolerance: number) => expect.closeTo(value, -Math.log10(tolerance * 2));

describe('service-level', () => {
  const expected = (minutes: number, offset: number) =>
    groups(
      calls().filter((call) => isOffered(call) && clock(call.queued ?? 0, offset).startsWith(DAY)),
      ({ queue, queued }) => {
        const local = (queued ?? 0) + offset * 60_000;
        return `${queue}|${clock(Math.floor(local / (minutes * 60_000)) * minutes * 60_000)}`;
      },
    ).map(([key, group]) => {
      const [queue_name, interval_start] = key.split('|');
      const answered = group.filter(({ connected }) => connected !== null);
      const quick = answered.filter((call) => (call.metric('queue_time') ?? 99) <= 15);
      return {
        tenant: 'acme',
        queue_name,
        interval_start,
        calls: group.length,
        answered: answered.length,
        abandoned: group.length - answered.length,
        unknown_waits: 0,
        service_level_percent: share(quick.length, group.length),
        abandon_percent: share(group.length - answered.length, group.length),
      };
    });

  it.each([
    [15, 'UTC', 0],
    [60, KOLKATA, 330],
    [1440, KOLKATA, 330],
  ])('counts in intervals of %i minutes on the clock of %s', async (minutes, zone, offset) => {
    const rows = await day().ask('service-level', { ...one, zone, interval: String(minutes), target: '15' });
    expect(rows.length).toBeGreaterThan(5);
    expect(rows).toEqual(expected(minutes, offset));
  });

  it('over all queues is service-level-by-day', async () => {
    const offered = calls().filter(isOffered);
    const waits = offered.map((call) => call.metric('queue_time')).filter(has);
    expect(await day().ask('service-level-by-day', one)).toEqual([
      {
        tenant: 'acme',
        day: DAY,
        calls: offered.length,
        answered: waits.length,
        abandoned: offered.length - waits.length,
        unknown_waits: 0,
        service_level_percent: share(waits.filter((wait) => wait <= 20).length, offered.length),
        abandon_percent: share(offered.length - waits.length, offered.length),
        average_wait: rounded(mean(waits)),
      },
    ]);
  });
});

const membersOf = ({ assignees }: Readonly<Record<string, unknown>>): number[] =>
  // one agent may stand alone instead of in a list
  [assignees ?? []].flat().map((agent) => (agent as { id: number }).id);

describe('handle time', () => {
  const handled = () => calls().filter((call) => has(call.metric('handle_time')));
  const average = (group: readonly Call[], name: string) => mean(group.map((call) => call.metric(name)).filter(has));

  it('by agent is the average of what really happened', async () => {
    const expected = groups(
      handled().filter(({ agent }) => agent !== null),
      ({ agent }) => String(agent),
    );
    const rows = await day().ask('handle-time-by-agent', one);
    expect(rows).toHaveLength(expected.length);
    for (const [agent, group] of expected) {
      const row = rows.find(({ agent_id }) => String(agent_id) === agent);
      expect(row).toMatchObject({
        calls: group.length,
        average_handle_time: near(average(group, 'handle_time'), 0.05),
        average_talk_time: near(average(group, 'talk_time'), 1),
      });
    }
  });

  it('by team counts a call for every team of its agent', async () => {
    const teams = day().records.get('team_with_assignees') ?? [];
    const rows = await day().ask('handle-time-by-team', one);
    const expected = teams.flatMap((team) => {
      const members = membersOf(team);
      const group = handled().filter(({ agent }) => agent !== null && members.includes(agent));
      return group.length === 0 ? [] : [[team.id, group.length, new Set(group.map(({ agent }) => agent)).size]];
    });
    expect(rows.map((row) => [row.team_id, row.calls, row.agents]).sort()).toEqual(expected.sort());
  });

  it('by queue is divided into parts', async () => {
    const rows = await day().ask('handle-time-by-queue', one);
    const expected = groups(handled(), ({ queue }) => queue);
    expect(rows).toHaveLength(expected.length);
    for (const [queue_name, group] of expected)
      expect(rows).toContainEqual(
        expect.objectContaining({
          queue_name,
          calls: group.length,
          ring: near(mean(group.map((call) => call.metric('ring_time') ?? 0)), 0.05),
          hold: near(mean(group.map((call) => call.metric('hold_time') ?? 0)), 0.5),
          average_handle_time: near(average(group, 'handle_time'), 0.05),
        }),
      );
  });

  it('of the longest calls comes first', async () => {
    const rows = await day().ask('longest-calls', { ...one, rows: '5' });
    const longest = handled()
      .map((call) => call.metric('handle_time') ?? 0)
      .sort((a, b) => b - a);
    expect(rows.map((row) => row.handle_time)).toEqual(longest.slice(0, 5));
  });

  it('rolls up through the tree of teams, an agent in several teams once', async () => {
    const rows = await day().ask('team-roll-up', one);
    const teams = day().records.get('team_with_assignees') ?? [];
    const below = (id: unknown): unknown[] => [
      id,
      ...teams.filter((team) => team.parent_id === id).flatMap((team) => below(team.id)),
    ];
    expect(rows.map(({ team_id }) => team_id)).toEqual(below(10));
    for (const row of rows) {
      const members = new Set(
        teams.filter((team) => below(row.team_id).includes(team.id)).flatMap((team) => membersOf(team)),
      );
      const group = handled().filter(({ agent }) => agent !== null && members.has(agent));
      expect(row).toMatchObject({ agents: members.size, calls: group.length });
      if (group.length > 0) expect(row.average_handle_time).toEqual(near(average(group, 'handle_time'), 0.05));
    }
  });
});

it('wait-percentiles are the nearest ranks', async () => {
  const rows = await day().ask('wait-percentiles', one);
  const expected = groups(
    calls().filter((call) => has(call.metric('queue_time'))),
    ({ queue }) => queue,
  );
  expect(rows).toHaveLength(expected.length);
  for (const [queue_name, group] of expected) {
    const waits = group.map((call) => call.metric('queue_time') ?? 0).sort((a, b) => a - b);
    const rank = (percent: number) => rounded(waits[Math.ceil((percent / 100) * waits.length) - 1] ?? -1);
    expect(rows).toContainEqual({
      tenant: 'acme',
      queue_name,
      answered: waits.length,
      p50: rank(50),
      p80: rank(80),
      p90: rank(90),
      p95: rank(95),
      longest: rank(100),
    });
  }
});

it('arrivals are by weekday and hour of the clock of the zone', async () => {
  const rows = await day().ask('arrivals', { ...one, zone: KOLKATA });
  const expected = groups(
    calls().filter((call) => call.isInbound && call.queued !== null && clock(call.queued, 330).startsWith(DAY)),
    ({ queued }) => clock(queued ?? 0, 330).slice(11, 13),
  );
  expect(rows.map((row) => [row.weekday, row.hour, row.calls, row.days])).toEqual(
    expected.map(([hour, group]) => [1, Number(hour), group.length, 1]),
  );
});

describe('agent statuses', () => {
  interface Status {
    readonly agent_id: number;
    readonly status: { id: number };
    readonly activity: string;
    readonly started_at: string;
    readonly ended_at: string | null;
  }
  const BUSY = [-6, -7, -8];
  const hours = (keep: (status: number) => boolean, from: number, to: number) => {
    const found = new Map<number, number>();
    for (const record of day().records.get('agent_status_history') ?? []) {
      const { agent_id, status, activity, started_at, ended_at } = record as unknown as Status;
      if (activity !== 'user_status_changed' || ended_at === null || !keep(status.id)) continue;
      const length = Math.min(to, Date.parse(ended_at)) - Math.max(from, Date.parse(started_at));
      if (length > 0) found.set(agent_id, (found.get(agent_id) ?? 0) + length / HOUR);
    }
    return found;
  };
  const start = Date.parse(`${DAY}T00:00:00Z`);

  it('are cut at the borders of each interval for occupancy', async () => {
    const rows = await day().ask('occupancy', { ...one, interval: '15', zone: KOLKATA });
    for (let quarter = 0; quarter < 96; quarter++) {
      const from = start - 5.5 * HOUR + (quarter * HOUR) / 4;
      const busy = hours((id) => BUSY.includes(id), from, from + HOUR / 4);
      const duty = hours((id) => id === 0 || BUSY.includes(id), from, from + HOUR / 4);
      const found = rows.filter((row) => row.interval_start === clock(from, 330));
      expect(found.map((row) => [row.agent_id, row.busy_hours, row.duty_hours])).toEqual(
        [...duty]
          .sort(([a], [b]) => a - b)
          .map(([agent, value]) => [agent, near(busy.get(agent) ?? 0, 0.01), near(value, 0.01)]),
      );
    }
    expect(rows.length).toBeGreaterThan(300);
  });

  it('give adherence as the share of work in the time since login', async () => {
    const rows = await day().ask('adherence', one);
    const work = hours((id) => id === 0 || BUSY.includes(id), start, start + 24 * HOUR);
    const loggedIn = hours((id) => id !== -10, start, start + 24 * HOUR);
    expect(rows.map((row) => [row.agent_id, row.adherence_percent])).toEqual(
      [...loggedIn]
        .sort(([a], [b]) => a - b)
        .map(([agent, value]) => [agent, near((100 * (work.get(agent) ?? 0)) / value, 0.05)]),
    );
  });

  it('add up to occupancy-by-agent', async () => {
    const rows = await day().ask('occupancy-by-agent', one);
    const inCall = hours((id) => id === -7, start, start + 24 * HOUR);
    const free = hours((id) => id === 0, start, start + 24 * HOUR);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows)
      expect(row).toMatchObject({
        call_hours: near(inCall.get(Number(row.agent_id)) ?? 0, 0.01),
        available_hours: near(free.get(Number(row.agent_id)) ?? 0, 0.01),
      });
  });

  it('are the time line of an agent', async () => {
    const agent = 501;
    const history = (day().records.get('agent_status_history') ?? []).map((record) => record as unknown as Status);
    const expected = history.filter((row) => row.agent_id === agent && row.activity === 'user_status_changed');
    const rows = await day().ask('agent-day', { day: DAY, agent: String(agent) });
    expect(rows.map(({ starts }) => starts)).toEqual(expected.map(({ started_at }) => started_at.slice(11, 19)));
    const all = await day().ask('agent-day', { day: DAY });
    expect(new Set(all.map(({ agent_id }) => agent_id)).size).toBeGreaterThan(1);
  });
});
