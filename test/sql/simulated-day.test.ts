import { describe, expect, it } from 'vitest';
import { DAY, KOLKATA, useSimulatedDay } from './simulated-day.ts';
import { clock, groups, has, listSessions, mean, near, rounded, share } from './simulated-sessions.ts';

const day = useSimulatedDay();
const one = { from: DAY, to: DAY };
const HOUR = 3_600_000;

/** Visits of calls that entered a queue on the day on the clock of a zone. */
const visitsOf = (offset = 0) =>
  listSessions(day(), 'call')
    .flatMap(({ facts }) => facts.queue_visits)
    .map((visit) => ({ ...visit, entered: Date.parse(String(visit.entered_at)) + offset * 60_000 }))
    .filter(({ entered }) => clock(entered).startsWith(DAY));
type Visit = ReturnType<typeof visitsOf>[number];

const count = (visits: readonly Visit[], exit: string) => visits.filter((visit) => visit.exit === exit).length;
const waitsOf = (visits: readonly Visit[]) =>
  visits.flatMap(({ exit, seconds }) => (exit === 'answered' && seconds !== null ? [seconds] : []));

function expectedLevel(visits: readonly Visit[], target: number) {
  const quick = visits.filter(
    ({ exit, seconds }) => exit === 'answered' && seconds !== null && seconds < target,
  ).length;
  const waits = waitsOf(visits);
  const judged = waits.length + count(visits, 'abandoned');
  return {
    visits: visits.length,
    answered: count(visits, 'answered'),
    abandoned: count(visits, 'abandoned'),
    deflected: count(visits, 'deflected'),
    failed: count(visits, 'failed'),
    voicemail_visits: count(visits, 'voicemail'),
    in_time: quick,
    not_in_time: judged - quick,
    service_level_percent: judged === 0 ? null : share(quick, judged),
    average_wait: waits.length === 0 ? null : near(mean(waits), 0.06),
  };
}

describe('service-level', () => {
  it.each([
    [15, 'UTC', 0],
    [60, KOLKATA, 330],
    [1440, KOLKATA, 330],
  ])('counts in intervals of %i minutes on the clock of %s', async (minutes, zone, offset) => {
    const parameters = { ...one, zone, interval: String(minutes), target: '15', judge: 'target' };
    const rows = await day().ask('service-level', parameters);
    const expected = groups(visitsOf(offset), ({ queue_id, entered }) => {
      return `${queue_id}|${clock(Math.floor(entered / (minutes * 60_000)) * minutes * 60_000)}`;
    });
    expect(rows).toHaveLength(expected.length);
    expect(rows.length).toBeGreaterThan(5);
    for (const [key, visits] of expected)
      expect(rows.find((row) => `${row.queue_id}|${row.interval_start}` === key)).toMatchObject(
        expectedLevel(visits, 15),
      );
  });

  it('over all queues is service-level-by-day', async () => {
    const rows = await day().ask('service-level-by-day', { ...one, judge: 'target' });
    expect(rows).toMatchObject([{ day: DAY, ...expectedLevel(visitsOf(), 20) }]);
  });
});

const membersOf = ({ assignees }: Readonly<Record<string, unknown>>): number[] =>
  // one agent may stand alone instead of in a list
  [assignees ?? []].flat().map((agent) => (agent as { id: number }).id);

describe('handle time', () => {
  /** Interactions that began on the day, without internal calls. */
  const legs = () =>
    listSessions(day(), 'call')
      .flatMap(({ id, facts }) => facts.agent_legs.map((leg) => ({ ...leg, id })))
      .filter(({ direction, started_at }) => direction !== 'internal' && String(started_at).startsWith(DAY));
  type Leg = ReturnType<typeof legs>[number];
  const average = (group: readonly Leg[]) => {
    const known = group.map(({ handle_seconds }) => handle_seconds).filter(has);
    return known.length === 0 ? null : near(mean(known), 0.05);
  };

  it.each([
    ['handle-time-by-agent', 'agent_id'],
    ['handle-time-by-queue', 'queue_id'],
  ] as const)('of %s is the average of the interactions of each %s', async (name, key) => {
    const rows = await day().ask(name, one);
    const expected = groups(legs(), (leg) => String(leg[key]));
    for (const [value, group] of expected)
      expect(rows.find((row) => String(row[key]) === value)).toMatchObject({
        handled: group.length,
        average_handle_time: average(group),
      });
    expect(expected.length).toBeGreaterThan(3);
  });

  it('by team counts an interaction for every team of its agent', async () => {
    const teams = day().records.get('team_with_assignees') ?? [];
    const rows = (await day().ask('handle-time-by-team', one)).filter(({ team_id }) => team_id !== null);
    const expected = teams.flatMap((team) => {
      const members = membersOf(team);
      const group = legs().filter(({ agent_id }) => agent_id !== null && members.includes(agent_id));
      return group.length === 0 ? [] : [[team.id, group.length]];
    });
    expect(rows.map((row) => [row.team_id, row.handled]).sort()).toEqual(expected.sort());
  });

  it('of the longest calls comes first', async () => {
    const rows = await day().ask('longest-calls', { ...one, rows: '5' });
    const longest = groups(legs(), ({ id }) => String(id))
      .map(([, group]) => group.map(({ handle_seconds }) => handle_seconds))
      .filter((seconds) => seconds.every(has))
      .map((seconds) => seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0))
      .sort((a, b) => b - a);
    expect(rows.map((row) => row.handle_seconds)).toEqual(longest.slice(0, 5).map((seconds) => near(seconds, 0.001)));
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
      const group = legs().filter(({ agent_id }) => agent_id !== null && members.has(agent_id));
      expect(row).toMatchObject({ agents: members.size, handled: group.length, average_handle_time: average(group) });
    }
  });
});

it('wait-percentiles are the nearest ranks', async () => {
  const rows = await day().ask('wait-percentiles', one);
  const expected = groups(visitsOf(), ({ queue_id }) => String(queue_id)).filter(
    ([, visits]) => count(visits, 'answered') > 0,
  );
  expect(rows).toHaveLength(expected.length);
  for (const [queue, visits] of expected) {
    const waits = waitsOf(visits).sort((a, b) => a - b);
    const rank = (percent: number) => rounded(waits[Math.ceil((percent / 100) * waits.length) - 1] ?? -1);
    expect(rows.find(({ queue_id }) => String(queue_id) === queue)).toMatchObject({
      answered: count(visits, 'answered'),
      p50: rank(50),
      p80: rank(80),
      p90: rank(90),
      p95: rank(95),
      longest_wait: rank(100),
    });
  }
});

it('arrivals are by weekday and hour of the clock of the zone', async () => {
  const rows = await day().ask('arrivals', { ...one, zone: KOLKATA });
  const expected = groups(visitsOf(330), ({ entered }) => clock(entered).slice(11, 13));
  expect(rows.map((row) => [row.weekday, row.hour, row.visits, row.days])).toEqual(
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
      const found = rows.filter((row) => row.interval_start === clock(from, 330) && Number(row.duty_hours) > 0);
      expect(found.map((row) => [row.agent_id, row.busy_hours, row.duty_hours])).toEqual(
        [...duty]
          .sort(([a], [b]) => a - b)
          .map(([agent, value]) => [agent, near(busy.get(agent) ?? 0, 0.01), near(value, 0.01)]),
      );
    }
    expect(rows.length).toBeGreaterThan(300);
  });

  it('give the share of the time on duty in the time since login', async () => {
    const rows = await day().ask('time-on-duty', one);
    const work = hours((id) => id === 0 || BUSY.includes(id), start, start + 24 * HOUR);
    const loggedIn = hours((id) => id !== -10, start, start + 24 * HOUR);
    expect(rows.map((row) => [row.agent_id, row.duty_percent])).toEqual(
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
