import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { simulate } from '../../simulator/simulation.ts';
import { createViews } from '../../sql/all-views.ts';
import { loadNamedQueries, type NamedQuery } from '../../sql/queries/named-queries.ts';
import { addDays, fillParameters } from '../../sql/queries/parameters.ts';
import { writeSimulatedLake } from '../support/simulated-lake.ts';
import { newFolder, type Row, removeFolder } from './lake-of-lines.ts';

// one month of a small contact centre, in which the clocks of New York change
const FIRST_DAY = '2026-10-15';
const DAYS = 30;
const ZONE = 'America/New_York';
const WHOLE = { from: addDays(FIRST_DAY, 1), to: addDays(FIRST_DAY, DAYS - 2) };
const MIDDLE = '2026-11-01';

const queries = await loadNamedQueries();
const has = ({ parameters }: NamedQuery, name: string) => parameters.some((parameter) => parameter.name === name);

/** Answers that are not of the whole period: a list with a limit, versions of a record, one day, and what audits found. */
const LISTS = [
  'agent-day',
  'call-history',
  'calls-without-ticket',
  'coverage',
  'data-freshness',
  'drift',
  'longest-calls',
  'longest-waits',
  'plausibility',
  'quarantine',
];
/** An agent counts in each of its teams, and the days of `daily-queue-totals` and `metric-quality` are those of the creation in UTC. */
const OTHER_WHOLES = ['handle-time-by-team', 'team-roll-up', 'daily-queue-totals', 'metric-quality'];
/** The portal has its own names and definitions, which `portal-queries.test.ts` holds. */
const ofPortal = ({ name }: NamedQuery) => name.startsWith('portal-');
const compared = queries.filter(
  (query) => !ofPortal(query) && !LISTS.includes(query.name) && !OTHER_WHOLES.includes(query.name),
);

/** Columns that tell rows apart. All others are measures. */
const KEYS = [
  'tenant',
  'queue_id',
  'queue',
  'agent_id',
  'agent',
  'team_id',
  'team',
  'channel',
  'day',
  'interval_start',
  'weekday',
  'hour',
  'period',
  'ended_as',
  'fail_reason',
  'deflection',
  'from_agent_id',
  'from_agent',
  'from_virtual_agent_id',
  'from_queue_id',
  'from_queue',
  'kind',
  'to_agent_id',
  'to_agent',
  'to_queue_id',
  'to_queue',
];
/** Measures of which the whole is not the sum of its parts. */
const isAdditive = (name: string) =>
  !KEYS.includes(name) &&
  !['days', 'agents', 'level', 'resolved', 'undecided'].includes(name) &&
  !/^(average|longest)_|_(percent|hundred|time)$|^p\d\d$/.test(name);

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await newFolder();
  const simulation = simulate({ seed: 11, seats: 5, days: DAYS, start: `${FIRST_DAY}T00:00:00.000Z` });
  await writeSimulatedLake(folder, simulation, simulation.endMs);
  warehouse = await openWarehouse(folder, { threads: 2 });
  // read once, because the tests ask a hundred times
  for (const { name } of createViews().filter(
    (view) => !view.name.endsWith('_history') && view.name !== 'session_facts',
  ))
    await warehouse.run(`CREATE TEMP TABLE ${name} AS SELECT * FROM ccaip.${name}`);
});
afterAll(async () => {
  await warehouse.close();
  await removeFolder(folder);
});

async function ask(query: NamedQuery, given: Readonly<Record<string, string>>): Promise<Row[]> {
  const known = { zone: ZONE, interval: '1440', ahead: '40', before: given.from ?? '', ...given };
  const fitting = Object.entries(known).filter(([name]) => has(query, name));
  const channel = query.parameters.find(({ name }) => name === 'channel');
  if (channel?.type === 'chat') fitting.push(['channel', 'chat']);
  const { rows } = await warehouse.query(fillParameters(query, Object.fromEntries(fitting)));
  return rows;
}

const measuresOf = (rows: readonly Row[]) => Object.keys(rows[0] ?? {}).filter((name) => !KEYS.includes(name));
const sum = (rows: readonly Row[], name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
/** Rounded hours differ in the last digit. */
const equals = (value: number, name: string, rows: number) =>
  name.endsWith('_hours') ? expect.closeTo(value, rows > 100 ? 1 : 2) : value;

/** Rows with the same keys, added up. */
function totalsBy(rows: readonly Row[], keys: readonly string[], names: readonly string[]): Map<string, number[]> {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => row[key])));
  return new Map([...groups].map(([key, group]) => [key, names.map((name) => sum(group, name))]));
}

describe('queries that share a measure', () => {
  it.each(['call', 'chat', 'both'])('give the same total of %s', async (channel) => {
    const answers: [string, Row[]][] = [];
    for (const query of compared) {
      const own = query.parameters.find(({ name }) => name === 'channel')?.type;
      // without the parameter, a query is about the channel in its name
      if (own === undefined && channel !== 'call' && !query.name.startsWith('occupancy')) continue;
      if (own === 'chat' && channel !== 'chat') continue;
      const rows = await ask(query, { ...WHOLE, channel });
      answers.push([
        query.name,
        query.name === 'photos-and-videos' ? rows.filter((row) => row.channel === channel) : rows,
      ]);
    }
    const found = new Map<string, Map<string, number>>();
    for (const [query, rows] of answers)
      for (const name of measuresOf(rows).filter(isAdditive)) {
        const totals = found.get(name) ?? new Map<string, number>();
        found.set(name, totals.set(query, sum(rows, name)));
      }
    const shared = [...found].filter(([, totals]) => totals.size > 1);
    expect(shared.length).toBeGreaterThan(8);
    for (const [name, totals] of shared) {
      const [first = 0] = totals.values();
      for (const [query, total] of totals)
        expect([name, query, total], `${name} of ${query} and of ${totals.keys().next().value}`).toEqual([
          name,
          query,
          equals(first, name, DAYS * 5),
        ]);
    }
    expect(found.get('visits')?.values().next().value ?? 0).toBeGreaterThan(500);
  });

  it('give the same row where they have the same keys', async () => {
    const day = { from: '2026-11-02', to: '2026-11-02', channel: 'call' };
    const answers = await Promise.all(
      compared.map(async (query) => {
        const rows = (await ask(query, day)).filter((row) => row.period !== 'before');
        const keys = ['queue_id', 'agent_id', 'weekday', 'ended_as', 'channel', 'from_queue_id', 'day']
          .filter((key) => key in (rows[0] ?? {}))
          // there is one day
          .filter((key) => key !== 'day');
        return { name: query.name, keys, rows };
      }),
    );
    const pairs: string[] = [];
    for (const [index, a] of answers.entries())
      for (const b of answers.slice(index + 1)) {
        const measures = measuresOf(a.rows).filter((name) => measuresOf(b.rows).includes(name));
        if (measures.length === 0 || a.keys.join() !== b.keys.join() || a.keys.includes('from_queue_id')) continue;
        // one is about chats, the other about both
        if ([a.name, b.name].some((name) => name === 'photos-and-videos' || name === 'chat-response-times')) continue;
        const rowsOf = (rows: readonly Row[]) =>
          new Map(
            rows.map((row) => [
              JSON.stringify(a.keys.map((key) => row[key])),
              Object.fromEntries(measures.map((name) => [name, row[name]])),
            ]),
          );
        const [left, right] = [rowsOf(a.rows), rowsOf(b.rows)];
        for (const [key, row] of left)
          if (right.has(key)) expect(row, `${a.name} and ${b.name}, ${key}`).toEqual(right.get(key));
        pairs.push(`${a.name} ${b.name}: ${measures.join()}`);
      }
    expect(pairs.length).toBeGreaterThan(5);
  });
});

describe.each(compared.filter((query) => has(query, 'from')))('$name', (query) => {
  it('over a period is the sum of its answers over the two parts', async () => {
    const channel = 'call';
    const whole = (await ask(query, { ...WHOLE, channel })).filter((row) => row.period !== 'before');
    const first = await ask(query, { ...WHOLE, to: addDays(MIDDLE, -1), channel });
    const second = await ask(query, { ...WHOLE, from: MIDDLE, channel });
    const names = measuresOf(whole).filter(isAdditive);
    expect(names.length).toBeGreaterThan(0);
    const keys = KEYS.filter((key) => key in (whole[0] ?? {}));
    const parts = totalsBy(
      [...first, ...second].filter((row) => row.period !== 'before'),
      keys,
      names,
    );
    const all = totalsBy(whole, keys, names);
    expect([...parts.keys()].sort()).toEqual([...all.keys()].sort());
    for (const [key, values] of all)
      expect(parts.get(key), key).toEqual(values.map((value, index) => equals(value, names[index] ?? '', 2)));
  });
});

/** Columns that add up to another one. */
const WHOLES: readonly (readonly [whole: string, parts: readonly string[]])[] = [
  ['visits', ['offered', 'voicemail_visits']],
  ['offered', ['answered', 'abandoned', 'deflected', 'failed', 'cancelled', 'waiting']],
  ['visits', ['in_time', 'not_in_time', 'not_judged']],
  ['legs', ['internal_legs', 'handled']],
  ['answered_sessions', ['transferred_sessions', 'only_attempted', 'never_attempted']],
  ['answered_inbound_sessions', ['resolved', 'repeated', 'undecided', 'unknown_callers']],
  ['attempts', ['escalations', 'transfers']],
  ['transfers', ['transferred', 'failed_transfers', 'cancelled_transfers', 'unanswered_transfers', 'open_transfers']],
  [
    'menu_calls',
    [
      'queued',
      'contained',
      'virtual_agent_only',
      'abandoned_in_menu',
      'deflected_in_menu',
      'voicemails_in_menu',
      'failed_in_menu',
      'answered_without_queue',
      'open_in_menu',
    ],
  ],
  [
    'api_calls',
    [
      'outbound_calls',
      'internal_calls',
      'abandoned_in_menu',
      'deflected_calls',
      'voicemails',
      'open_calls',
      'zombie_calls',
      'portal_calls',
    ],
  ],
  ['busy_hours', ['call_hours', 'chat_hours', 'wrap_up_hours']],
  ['duty_hours', ['busy_hours', 'available_hours']],
  ['login_hours', ['duty_hours', 'other_hours']],
  [
    'average_handle_time',
    ['average_talk_time', 'average_hold_time', 'average_wrap_up_time', 'average_before_call_time'],
  ],
];

it.each(WHOLES)('%s is the sum of %j in every answer that has them', async (whole, parts) => {
  const answers = queries.filter(({ sql }) =>
    [whole, ...parts].every((name) => new RegExp(`\\bAS ${name}\\b`).test(sql)),
  );
  expect(answers.length).toBeGreaterThan(0);
  for (const query of answers)
    for (const row of await ask(query, { ...WHOLE, channel: 'both' })) {
      if (row[whole] === null) continue;
      const total = sum([row], whole);
      const added = parts.reduce((value, name) => value + sum([row], name), 0);
      // each part is rounded
      const precision = whole.startsWith('average') ? 0 : whole.endsWith('_hours') ? 3 : 9;
      expect(added, `${query.name} ${JSON.stringify(row)}`).toBeCloseTo(total, precision);
    }
});

it('the totals of a day in UTC are those of the queue visits of sessions that began on it', async () => {
  const all = { from: FIRST_DAY, to: addDays(FIRST_DAY, DAYS + 5), zone: 'UTC', judge: 'target' };
  const find = (name: string) => queries.find((query) => query.name === name) ?? expect.fail(name);
  const totals = await ask(find('daily-queue-totals'), all);
  const levels = (await ask(find('service-level'), all)).filter(({ queue_id }) => queue_id !== null);
  for (const [ours, theirs] of [
    ['visits', 'visits'],
    ['answered', 'answered'],
    ['abandoned', 'abandoned'],
    ['answered_in_time', 'in_time'],
  ] as const)
    expect([ours, sum(totals, ours)]).toEqual([ours, sum(levels, theirs)]);
  expect(sum(totals, 'visits')).toBeGreaterThan(500);
});

it('a transferred call has interactions of every team of its agents, and the root of the tree has all', async () => {
  const find = (name: string) => queries.find((query) => query.name === name) ?? expect.fail(name);
  const byAgent = await ask(find('handle-time-by-agent'), WHOLE);
  const byTeam = await ask(find('handle-time-by-team'), WHOLE);
  const [root] = await ask(find('team-roll-up'), WHOLE);
  expect(sum(byTeam, 'handled')).toBeGreaterThanOrEqual(sum(byAgent, 'handled'));
  const withTeam = await warehouse.query(
    'SELECT DISTINCT assignee_id FROM team_with_assignees WHERE deleted_at IS NULL',
  );
  const members = new Set(withTeam.rows.map(({ assignee_id }) => assignee_id));
  const led = byAgent.filter(({ agent_id }) => members.has(agent_id ?? null));
  expect(root?.handled).toBe(sum(led, 'handled'));
});
