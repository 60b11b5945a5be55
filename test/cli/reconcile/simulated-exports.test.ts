import { describe, expect, it } from 'vitest';
import { DAYS, listDifferences, listReasons, useReconciledLake } from './reconciled-lake.ts';

const lake = useReconciledLake();
const afternoon = useReconciledLake(14);
const inPeriod = (time: string | null) => DAYS.includes(String(time).slice(0, 10));
const visits = () =>
  lake().sessions.flatMap(({ facts }) => facts.queue_visits.filter(({ entered_at }) => inPeriod(entered_at)));
const legs = () =>
  lake().sessions.flatMap(({ facts }) =>
    facts.agent_legs.filter(({ started_at }) => inPeriod(started_at)).map((leg) => ({ leg, outcome: facts.outcome })),
  );

describe('All Queued Interactions', () => {
  it('agrees with what happened, voicemails left out on both sides', async () => {
    const result = await lake().compare('queued-interactions');
    const shown = visits().filter(({ exit }) => exit !== 'voicemail');
    expect(shown.length).toBeLessThan(visits().length);
    expect(listDifferences(result)).toEqual({});
    expect(result).toMatchObject({ agrees: true, key: ['interaction_id'], shift_minutes: 0 });
    expect(result.rows).toEqual({ there: shown.length, here: shown.length, joined: shown.length, outside: 0 });
    expect(result.unknown_columns).toEqual(['Service Level Target Time']);
  });

  it('names the hidden short abandons', async () => {
    const result = await lake().compare('queued-interactions', { short: 40 });
    const hidden = visits().filter(({ exit, seconds }) => exit === 'abandoned' && (seconds ?? 99) < 40).length;
    expect(hidden).toBeGreaterThan(2);
    expect(result.agrees).toBe(false);
    expect(listReasons(result.only_here)).toEqual({ short_abandon: hidden });
    expect(result.only_there.rows).toBe(0);
    expect(listDifferences(result)).toEqual({});
  });

  it('names another zone, by interaction and by time', async () => {
    const { compare } = lake();
    const joined = await compare('queued-interactions', { offset: 330 });
    expect(joined.shift_minutes).toBe(330);
    expect(listDifferences(joined)).toEqual({
      'started_at zone': joined.rows.joined,
      'ended_at zone': joined.rows.joined,
    });
    const headers = { 'Interaction ID': 'X', 'Call ID': 'Y' };
    const byTime = await compare('queued-interactions', { offset: 330, headers });
    expect(byTime).toMatchObject({ key: ['queue', 'started_at'], shift_minutes: 330 });
    expect(byTime.rows.joined).toBeGreaterThan(0.98 * byTime.rows.there);
    const right = await compare('queued-interactions', { offset: 330 }, { zone: 'Asia/Kolkata' });
    expect(right.agrees).toBe(true);
  });

  it('reads semicolons, a byte order mark and other headers', async () => {
    const headers = {
      'Queue Time': ' queue-time (hh:mm:ss)',
      Lang: 'Language',
      'Call ID': 'SESSION_ID',
      Queue: 'Place',
    };
    const habits = { delimiter: ';', bom: true, headers } as const;
    const result = await lake().compare('queued-interactions', habits, { maps: { Place: 'queue' } });
    expect(result.agrees).toBe(true);
    expect(result.columns.map(({ column }) => column)).toEqual(
      expect.arrayContaining(['queue', 'queue_time', 'lang', 'session_id']),
    );
    expect((await lake().compare('queued-interactions', habits)).unknown_columns).toContain('Place');
  });
});

describe('All Handled Interactions', () => {
  it('agrees with what happened', async () => {
    const result = await lake().compare('handled-interactions');
    expect(listDifferences(result)).toEqual({});
    expect([listReasons(result.only_here), listReasons(result.only_there)]).toEqual([{}, {}]);
    expect(result.rows.joined).toBe(legs().filter(({ leg }) => leg.queue_id !== null).length);
  });

  it('names the agents of sessions that count for their last agent only', async () => {
    const result = await lake().compare('handled-interactions', { lastAgentOnly: true });
    const left = legs().filter(({ leg, outcome }) => leg.queue_id !== null && leg.agent_id !== outcome.last_agent_id);
    expect(left.length).toBeGreaterThan(5);
    expect(listReasons(result.only_here)).toEqual({ last_agent_only: left.length });
  });

  it('recognises talk with its hold, and agrees with the parameter that says so', async () => {
    const habits = { holdInTalk: true } as const;
    const held = legs().filter(({ leg }) => leg.queue_id !== null && (leg.hold_seconds ?? 0) > 1).length;
    expect(listDifferences(await lake().compare('handled-interactions', habits))).toEqual({
      'talk_time hold_in_talk': held,
    });
    expect((await lake().compare('handled-interactions', habits, { parameters: { talk: 'with_hold' } })).agrees).toBe(
      true,
    );
  });
});

describe('Queue Summary', () => {
  it('agrees with what happened, within the rounding of rates and averages', async () => {
    const result = await lake().compare('queue-summary-all');
    expect(listDifferences(result)).toEqual({});
    expect(result.agrees).toBe(true);
    const rate = result.columns.find(({ column }) => column === 'queue_abandon_rate_percent');
    expect(rate?.rounding).toBeGreaterThan(0);
  });

  it('names the hidden short abandons, and agrees with the parameters that hide them', async () => {
    const habits = { short: 60 };
    const result = await lake().compare('queue-summary-all', habits);
    const { 'queue_interactions short_abandon': entries, 'queue_abandons short_abandon': abandons } =
      listDifferences(result);
    expect(entries).toBeGreaterThan(2);
    expect(abandons).toBe(entries);
    expect(result.columns.flatMap(({ reasons }) => reasons.map(({ reason }) => reason))).not.toContain('unexplained');
    const parameters = { short: '60', short_abandons: 'out' };
    const settled = await lake().compare('queue-summary-all', habits, { parameters });
    expect(listDifferences(settled)).toEqual({});
  });

  it('names days of another zone, and agrees in the right one', async () => {
    const days = [...DAYS, '2026-11-04'];
    // in Auckland, the afternoon is on the next day
    const habits = { offset: 780 };
    const result = await lake().compare('queue-summary-all', habits, { days });
    const entries = result.columns.find(({ column }) => column === 'queue_interactions');
    expect(entries?.differ).toBeGreaterThan(8);
    expect(entries?.reasons).toMatchObject([{ reason: 'zone' }]);
    expect(result.only_there.rows).toBeGreaterThan(4);
    expect(listReasons(result.only_there)).toEqual({ zone: result.only_there.rows });
    const right = await lake().compare('queue-summary-all', habits, { zone: 'Pacific/Auckland', days });
    expect(listDifferences(right)).toEqual({});
    expect(right.agrees).toBe(true);
  });
});

describe('Interaction Summary by Agent', () => {
  it('agrees with what happened', async () => {
    const result = await lake().compare('agent-interaction-summary');
    expect(listDifferences(result)).toEqual({});
    expect(result.rows.joined).toBe(result.rows.there);
  });

  it('names the agents whose sessions count for another agent', async () => {
    const result = await lake().compare('agent-interaction-summary', { lastAgentOnly: true });
    const handled = result.columns.find(({ column }) => column === 'handled_calls');
    expect(handled?.reasons).toMatchObject([{ reason: 'last_agent_only' }]);
    expect(handled?.differ).toBeGreaterThan(3);
  });
});

describe('a lake that was read in the afternoon', () => {
  it('names the sessions that were open, and those that it does not have', async () => {
    const { compare } = afternoon();
    const [queued, handled] = [await compare('queued-interactions'), await compare('handled-interactions')];
    const reasons = [queued, handled].flatMap((result) => Object.keys(listDifferences(result)));
    expect(reasons).toContain('ended_at still_open');
    expect(new Set(reasons.map((each) => each.split(' ')[1]))).toEqual(new Set(['still_open']));
    expect(listReasons(handled.only_there).not_in_lake).toBeGreaterThan(100);
    expect(listReasons(queued.only_there).not_in_lake).toBeGreaterThan(100);
    expect(listReasons(handled.only_here)).toEqual({});
  });
});
