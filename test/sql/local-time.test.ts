import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, DAY, objectKey, origin, useLake } from './lake-of-lines.ts';
import { sessionObjects, textOf } from './session-lake.ts';

const ask = useLake();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Local day and minutes since midnight of an instant, as Intl has them. */
function createLocalClock(zone: string) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (time: number) => {
    const [day = '', hour, minute] = format.format(time).replace(', ', ':').split(':');
    return { day, minutes: Number(hour) * 60 + Number(minute) };
  };
}

const label = (day: string, minutes: number) =>
  `${day} ${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

interface Stretch {
  readonly starts: number;
  readonly ends: number;
  readonly status: number;
}

const statusObjects = (stretches: readonly Stretch[]) => {
  const rows = stretches.map(({ starts, ends, status }, index) => ({
    id: index + 1,
    agent_id: 11,
    activity: 'user_status_changed',
    status: { id: status, name: 'x' },
    started_at: new Date(starts).toISOString(),
    ended_at: new Date(ends).toISOString(),
    ...origin(new Date(ends + HOUR).toISOString()),
  }));
  const days = Map.groupBy(rows, ({ started_at }) => started_at.slice(0, 10));
  return Object.fromEntries([...days].map(([dt, group]) => [objectKey('raw/agent_status_history', 1, { dt }), group]));
};

const callObjects = (times: readonly number[]) =>
  sessionObjects(
    'call',
    times.map((time, index) => ({
      id: index + 1,
      session_type_v2: 'Voice Inbound (IVR)',
      status: 'finished',
      fail_reason: 'nothing',
      created_at: new Date(time - 1000).toISOString(),
      queued_at: new Date(time).toISOString(),
      connected_at: new Date(time + 1000).toISOString(),
      ends_at: new Date(time + 2000).toISOString(),
    })),
  );

/** Milliseconds by label of a stretch of time, cut at every minute. */
function expectLengths(stretches: readonly Stretch[], zone: string, day: string, interval: number) {
  const read = createLocalClock(zone);
  const lengths = new Map<string, number>();
  for (const { starts, ends } of stretches)
    for (let minute = Math.floor(starts / MINUTE) * MINUTE; minute < ends; minute += MINUTE) {
      const here = read(minute);
      if (here.day !== day) continue;
      const key = label(day, Math.floor(here.minutes / interval) * interval);
      const length = Math.min(ends, minute + MINUTE) - Math.max(starts, minute);
      lengths.set(key, (lengths.get(key) ?? 0) + length);
    }
  return [...lengths].sort(([a], [b]) => (a < b ? -1 : 1));
}

const stretchesFrom = (starts: readonly number[]): Stretch[] =>
  starts
    .slice(0, -1)
    .map((start, index) => ({ starts: start, ends: starts[index + 1] ?? start, status: index % 2 ? 0 : -7 }));

/** Compares the answers about a day with the clock of Intl. */
async function checkDay(zone: string, day: string, interval: number, starts: readonly number[]) {
  const stretches = stretchesFrom(starts);
  const expected = expectLengths(stretches, zone, day, interval);
  const parameters = { from: day, to: day, zone };
  const objects = statusObjects(stretches);
  const found = (rows: readonly Record<string, unknown>[], column: string) =>
    rows.map((row) => [row.interval_start, row[column]]);
  const hours = expected.map(([key, length]) => [key, expect.closeTo(length / HOUR, 3)]);
  const occupancy = await ask(objects, textOf('occupancy', { ...parameters, interval: String(interval) }));
  expect(found(occupancy, 'duty_hours')).toEqual(hours);
  const read = createLocalClock(zone);
  const entries = new Map<string, number>();
  for (const start of starts) {
    const here = read(start);
    if (here.day !== day) continue;
    const key = label(day, Math.floor(here.minutes / interval) * interval);
    entries.set(key, (entries.get(key) ?? 0) + 1);
  }
  const levels = await ask(callObjects(starts), textOf('service-level', { ...parameters, interval: String(interval) }));
  expect(found(levels, 'answered')).toEqual([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (interval !== 1440) return;
  const duty = await ask(objects, textOf('time-on-duty', { ...parameters, interval: String(interval) }));
  expect(found(duty, 'login_hours')).toEqual(hours);
  const whole = expected.reduce((sum, [, length]) => sum + length, 0);
  const [agent] = await ask(objects, textOf('occupancy-by-agent', parameters));
  expect(Number(agent?.login_hours ?? 0)).toBeCloseTo(whole / HOUR, 3);
  const parts = await ask(objects, textOf('agent-day', { day, zone }));
  const minutes = parts.reduce((sum, row) => sum + Number(row.minutes), 0);
  expect(Math.abs(minutes - whole / MINUTE)).toBeLessThan(0.05 * parts.length + 0.01);
}

const INTERVALS = [15, 30, 60, 1440];

it.each([
  ['America/New_York', '2026-11-01'],
  ['America/New_York', '2026-03-08'],
  ['Europe/Berlin', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Asia/Kathmandu', '2026-03-02'],
  ['Africa/Cairo', '2026-04-24'],
  ['Pacific/Chatham', '2026-09-27'],
  // midnight comes twice
  ['America/Havana', '2026-11-01'],
  // clocks changed at a minute past midnight
  ['America/St_Johns', '2009-03-08'],
])('every second of a day in %s counts once on %s, in intervals of every length', async (zone, day) => {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const starts = [-31.3, -20.7, -9.1, -4.4, 2.2, 7.9, 19.3, 30].map((hours) => noon + Math.round(hours * HOUR));
  for (const interval of INTERVALS) await checkDay(zone, day, interval, starts);
});

/** Days of a year on which the clocks of a zone change, else the first of July. */
function listChanges(zone: string, year: number): string[] {
  const read = createLocalClock(zone);
  const offset = (time: number) => {
    const { day, minutes } = read(time);
    return (Date.parse(`${day}T00:00:00Z`) - time) / MINUTE + minutes;
  };
  const days = Array.from({ length: 365 }, (_, day) => Date.UTC(year, 0, 2 + day));
  const changes = days.filter((day) => offset(day) !== offset(day + 24 * HOUR));
  return changes.length === 0 ? [`${year}-07-01`] : changes.flatMap((day) => [day, day + 24 * HOUR].map(isoDay));
}
const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);

it('every second counts once in every zone and year', async () => {
  const day = fc
    .record({
      zone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      year: fc.integer({ min: 1995, max: 2024 }),
      interval: fc.constantFrom(...INTERVALS),
      place: fc.nat({ max: 7 }),
      seconds: fc.uniqueArray(fc.integer({ min: -35 * 3600, max: 35 * 3600 }), { minLength: 3, maxLength: 12 }),
    })
    .map(({ place, year, zone, seconds, interval }) => {
      const days = listChanges(zone, year);
      const chosen = days[place % days.length] ?? `${year}-07-01`;
      const noon = Date.parse(`${chosen}T12:00:00Z`);
      return { zone, interval, day: chosen, starts: seconds.sort((a, b) => a - b).map((each) => noon + each * 1000) };
    });
  await fc.assert(
    fc.asyncProperty(day, ({ zone, day: chosen, interval, starts }) => checkDay(zone, chosen, interval, starts)),
    { numRuns: 15 },
  );
});

describe('agent-day', () => {
  const status = (id: number, started_at: string, ended_at: string | null, name: string) => ({
    id,
    agent_id: 11,
    activity: 'user_status_changed',
    status: { id, name },
    started_at,
    ended_at,
    ...origin('20:01'),
  });
  const parts = (rows: readonly Record<string, unknown>[]) =>
    rows.map(({ starts, ends, minutes }) => `${starts}-${ends} ${minutes}`);

  it('begins and ends at midnight, also in a status that lasts longer', async () => {
    const before = new Date(Date.parse(at('00:00')) - 30 * MINUTE).toISOString();
    const next = new Date(Date.parse(at('23:00')) + 2 * HOUR).toISOString();
    const objects = {
      [objectKey('raw/agent_status_history', 1, { dt: before.slice(0, 10) })]: [status(1, before, at('02:00'), 'A')],
      [objectKey('raw/agent_status_history')]: [
        status(2, at('02:00'), null, 'B'),
        status(3, at('06:00'), at('06:30'), 'C'),
        status(4, at('23:00'), next, 'D'),
      ],
    };
    expect(parts(await ask(objects, textOf('agent-day', { day: DAY })))).toEqual([
      '00:00:00-02:00:00 120',
      '02:00:00-06:00:00 240',
      '06:00:00-06:30:00 30',
      '23:00:00-24:00:00 60',
    ]);
  });

  it('has the whole of a status that began the day before and ends before the next one', async () => {
    const before = new Date(Date.parse(at('00:00')) - 30 * MINUTE).toISOString();
    const objects = {
      [objectKey('raw/agent_status_history', 1, { dt: before.slice(0, 10) })]: [status(1, before, at('02:00'), 'A')],
      [objectKey('raw/agent_status_history')]: [status(2, at('02:00'), at('06:00'), 'B')],
    };
    const rows = await ask(objects, textOf('agent-day', { day: DAY }));
    expect(rows.reduce((sum, { minutes }) => sum + Number(minutes), 0)).toBe(360);
  });

  it('shows a status that lasted when it was read, and one that ran past the next', async () => {
    const objects = {
      [objectKey('raw/agent_status_history')]: [
        status(1, at('10:00'), at('12:00'), 'A'),
        status(2, at('11:00'), null, 'B'),
      ],
    };
    expect(await ask(objects, textOf('agent-day', { day: DAY }))).toMatchObject([
      { starts: '10:00:00', ends: '11:00:00', is_cut: true, is_open: false },
      { starts: '11:00:00', ends: '20:01:00', is_cut: false, is_open: true },
    ]);
  });
});

it('occupancy is the share of calls, chats and wrap-up in the time on duty', async () => {
  const rows = [
    [1, 0, '08:00', '10:00'],
    [2, -7, '10:00', '11:00'],
    [3, -6, '11:00', '11:15'],
    [4, -8, '11:15', '12:00'],
    [5, 5, '12:00', '13:00'],
    [6, -10, '13:00', '23:00'],
  ] as const;
  const objects = {
    [objectKey('raw/agent_status_history')]: rows.map(([id, kind, from, to]) => ({
      id,
      agent_id: 11,
      activity: 'user_status_changed',
      status: { id: kind, name: 'x' },
      started_at: at(from),
      ended_at: at(to),
      ...origin('23:30'),
    })),
  };
  const expected = {
    agent_id: 11,
    call_hours: 1,
    chat_hours: 0.75,
    wrap_up_hours: 0.25,
    available_hours: 2,
    other_hours: 1,
    busy_hours: 2,
    duty_hours: 4,
    login_hours: 5,
  };
  const percents = { occupancy_percent: 50, portal_occupancy_percent: 100 };
  expect(await ask(objects, textOf('occupancy'))).toMatchObject([{ ...expected, ...percents }]);
  expect(await ask(objects, textOf('occupancy-by-agent'))).toMatchObject([{ ...expected, ...percents }]);
  expect(await ask(objects, textOf('time-on-duty'))).toMatchObject([{ ...expected, duty_percent: 80 }]);
});
