import { describe, expect, it } from 'vitest';
import { PORTAL_REPORTS } from '../../catalog/portal-reports.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import type { Row } from './lake-of-lines.ts';
import { DAY, useSimulatedDay } from './simulated-day.ts';

const day = useSimulatedDay();
const queries = (await loadNamedQueries()).filter(({ name }) => name.startsWith('portal-'));
const one = { from: DAY, to: DAY };
const ask = (report: string, parameters: Readonly<Record<string, string>> = {}) =>
  day().ask(`portal-${report}`, { ...one, ...parameters });
const sum = (rows: readonly Row[], ...columns: readonly string[]) =>
  rows.reduce((total, row) => total + columns.reduce((all, column) => all + Number(row[column]), 0), 0);

/** Facts of all calls of the day from the simulator's own events. */
function facts() {
  const { simulation } = day();
  const newest = new Map(
    [...simulation.callStages()]
      .filter(({ at }) => at <= simulation.endMs)
      .map(({ record, facts: stage }) => [Number(record.id), stage]),
  );
  return [...newest.values()];
}
const isOfDay = (time: string | null) => String(time).startsWith(DAY);
const visits = () =>
  facts().flatMap(({ queue_visits }) => queue_visits.filter(({ entered_at }) => isOfDay(entered_at)));
const legs = () => facts().flatMap(({ agent_legs }) => agent_legs.filter(({ started_at }) => isOfDay(started_at)));

it('every report of the portal has its query, and every query its report', () => {
  expect(queries.map(({ name }) => name)).toEqual(PORTAL_REPORTS.map(({ name }) => `portal-${name}`).toSorted());
});

it.each(PORTAL_REPORTS)('$name begins with the columns of the portal, in their order', ({ name, columns, keys }) => {
  const query = queries.find((each) => each.name === `portal-${name}`);
  // aliases of the last SELECT that is not nested
  const [, list = ''] =
    /(?:^|\n)SELECT\n((?: {2}.*\n)+?)FROM/.exec(
      query?.template.slice(query.template.lastIndexOf('\nSELECT\n')) ?? '',
    ) ?? [];
  const found = list.split(/,\n(?= {2}\S)/).map((item) => /(\w+)\s*$/.exec(item)?.[1]);
  const own = Object.keys(columns).map((column) => found.indexOf(column));
  expect(own).not.toContain(-1);
  expect(own).toEqual(own.toSorted((a, b) => a - b));
  for (const key of keys.flat()) expect(Object.keys(columns)).toContain(key);
});

describe.each(['queue-summary-all', 'queue-summary-distinct'])('%s', (report) => {
  const entries = report === 'queue-summary-all' ? 'queue_interactions' : 'queue_entries';
  const own = () => visits().filter(({ is_first }) => report === 'queue-summary-all' || is_first);

  it('counts every entry once, by how it ended', async () => {
    const rows = await ask(report);
    const known = own().filter(({ queue_id }) => queue_id !== null);
    const count = (exit: string) => known.filter((visit) => visit.exit === exit).length;
    expect(sum(rows, entries)).toBe(known.length - count('voicemail'));
    expect(sum(rows, 'queue_abandons')).toBe(count('abandoned'));
    expect(sum(rows, 'answered')).toBe(count('answered'));
    expect(sum(rows, 'voicemails_left_out')).toBe(count('voicemail'));
    for (const row of rows)
      expect(row[entries]).toBe(
        sum([row], 'queue_abandons', 'failed_calls', 'answered', 'deflected', 'cancelled', 'open'),
      );
    expect(count('abandoned')).toBeGreaterThan(10);
  });

  it('hides short abandons on request, and divides them by a threshold', async () => {
    const [all, hidden] = [
      await ask(report, { short: '30' }),
      await ask(report, { short: '30', short_abandons: 'out' }),
    ];
    const short = own().filter(({ exit, seconds }) => exit === 'abandoned' && (seconds ?? 99) < 30).length;
    expect(short).toBeGreaterThan(2);
    expect([sum(all, 'short_abandons'), sum(hidden, 'short_abandons')]).toEqual([short, short]);
    expect(sum(all, entries) - sum(hidden, entries)).toBe(short);
    expect(sum(all, 'short_abandons', 'long_abandons')).toBe(sum(all, 'queue_abandons'));
    const created = await ask(report, { short: '30', short_from: 'creation' });
    expect(sum(created, 'short_abandons')).toBeLessThan(short);
  });

  it('gives the service level by events, by the target and by the volume', async () => {
    const target = { target: '30' };
    const events = await ask(report, target);
    const judged = own().filter(
      ({ service_level_event, exit }) => service_level_event !== null && exit !== 'voicemail',
    );
    expect(sum(events, 'in_sla')).toBe(judged.filter((visit) => visit.service_level_event === 'in_sla').length);
    expect(sum(events, 'in_sla', 'not_in_sla')).toBe(judged.length);
    const quick = own().filter(({ exit, seconds }) => exit === 'answered' && seconds !== null && seconds < 30).length;
    const byTarget = await ask(report, { ...target, sla: 'target' });
    expect(sum(byTarget, 'in_sla')).toBe(quick);
    const abandons = own().filter(({ exit, queue_id }) => exit === 'abandoned' && queue_id !== null);
    const excluded = await ask(report, { ...target, sla: 'target', sla_abandons: 'excluded' });
    expect(sum(byTarget, 'not_in_sla') - sum(excluded, 'not_in_sla')).toBe(abandons.length);
    const byTime = await ask(report, { ...target, sla: 'target', sla_abandons: 'by_time' });
    expect(sum(byTime, 'in_sla') - quick).toBe(abandons.filter(({ seconds }) => (seconds ?? 99) < 30).length);
    const volume = await ask(report, { ...target, sla: 'volume' });
    expect(sum(volume, 'in_sla', 'not_in_sla', 'no_sla')).toBe(sum(volume, entries));
    expect(sum(volume, 'not_in_sla')).toBeGreaterThan(sum(byTarget, 'not_in_sla'));
  });
});

it('queued-interactions and handled-interactions have a row for every visit and every leg with a queue', async () => {
  const queued = await ask('queued-interactions');
  const shown = visits().filter(({ exit }) => exit !== 'voicemail');
  expect(queued.map(({ queue_time }) => queue_time).toSorted()).toEqual(shown.map(({ seconds }) => seconds).toSorted());
  const handled = await ask('handled-interactions');
  const ids = legs().flatMap(({ leg_id, queue_id }) => (leg_id === null || queue_id === null ? [] : [leg_id]));
  expect(handled.map(({ interaction_id }) => interaction_id)).toEqual(expect.arrayContaining(ids));
  const known = handled.filter(({ handle_time }) => handle_time !== null);
  const doubled = sum(await ask('handled-interactions', { handle: 'double_hold' }), 'handle_time');
  expect(doubled).toBeCloseTo(sum(known, 'handle_time', 'hold_time'), 3);
});

it('the detail of the agents adds up to their summary, and wrap-up is in handle time unless asked', async () => {
  const [detail, summary] = [await ask('agent-interactions'), await ask('agent-interaction-summary')];
  expect(detail.length).toBe(sum(summary, 'handled_calls'));
  for (const column of ['talk_time', 'hold_time', 'wrap_up_time', 'handle_time'])
    expect(sum(summary, `total_${column}`)).toBeCloseTo(sum(detail, column), 0);
  expect(sum(summary, 'agent_transfers')).toBe(sum(detail, 'agent_transfers'));
  const attempts = sum(await ask('agent-interactions', { transfers: 'all' }), 'agent_transfers');
  expect(attempts).toBeGreaterThan(sum(detail, 'agent_transfers'));
  const without = sum(await ask('agent-interaction-summary', { handle: 'hold' }), 'total_handle_time');
  expect(without).toBeLessThan(sum(summary, 'total_handle_time'));
});

it('the statuses of an agent add up to all known time, in every zone', async () => {
  for (const zone of ['UTC', 'Asia/Kolkata']) {
    const rows = await ask('agent-activity-summary', { zone });
    const statuses = [
      'available',
      'unavailable',
      'break',
      'special_task',
      'meal',
      'missed_call',
      'wrap_up',
      'in_call',
      'in_chat',
    ];
    for (const row of rows) {
      expect(sum([row], ...statuses, 'other_statuses')).toBeCloseTo(Number(row.login_time), 0);
      expect(sum([row], 'login_time', 'offline')).toBeLessThanOrEqual(86_400.5);
    }
    expect(sum(rows, 'in_call')).toBeGreaterThan(10_000);
  }
});

it('the timeline has every status and notification of the activity log', async () => {
  const { simulation } = day();
  const { intervals, events } = simulation.activity(simulation.endMs);
  const rows = await ask('agent-activity-timeline');
  expect(rows.filter(({ kind }) => kind === 'status').length).toBe(
    intervals.filter(({ started_at }) => isOfDay(started_at)).length,
  );
  expect(rows.filter(({ kind }) => kind === 'event').length).toBe(events.filter(({ at }) => isOfDay(at)).length);
});

it('voicemails are in their report only, read when assigned or when listened to', async () => {
  const left = facts().filter(({ outcome }) => outcome.is_voicemail);
  const listened = left.filter(({ outcome }) => outcome.is_voicemail_read).length;
  const rows = await ask('voicemail-details', { read: 'listened' });
  expect(rows.length).toBe(left.length);
  expect(rows.filter(({ read }) => read === true).length).toBe(listened);
  expect(listened).toBeGreaterThan(0);
  const [types] = [await ask('performance-types', { read: 'listened' })];
  expect([sum(types, 'voicemail_received'), sum(types, 'voicemail_read')]).toEqual([left.length, listened]);
});

it('the reports of virtual agents count every leg once', async () => {
  const [summary, detail, events] = [
    await ask('virtual-agent-summary'),
    await ask('virtual-agent-detail'),
    await ask('virtual-agent-escalations'),
  ];
  const all = facts().flatMap(({ virtual_agent_legs }) =>
    virtual_agent_legs.filter(({ started_at }) => isOfDay(started_at)),
  );
  expect(detail.length).toBe(all.length);
  expect(sum(summary, 'total_interactions')).toBe(all.length);
  expect(sum(summary, 'inbound_interactions', 'transferred_interactions')).toBe(all.length);
  const outcomes = [
    'escalations',
    'resolved',
    'abandons_by_consumer',
    'unexpectedly_ended',
    'failed',
    'undefined',
    'open',
  ];
  expect(sum(summary, ...outcomes)).toBe(all.length);
  expect(events.filter(({ event }) => event === 'escalation').length).toBe(sum(summary, 'escalations'));
});

describe('Performance Metrics', () => {
  const OUTCOMES = ['answered', 'abandoned', 'cancelled', 'failed', 'without_agent'];
  const LEFT_OUT = ['abandoned_in_menu', 'deflected', 'recovered', 'voicemail_received', 'open', 'zombies'];

  it('have every session in the volume or in a separate column', async () => {
    const rows = await ask('performance-types');
    const sessions = facts().length;
    expect(sum(rows, 'total_volume')).toBe(sum(rows, ...OUTCOMES));
    expect(sum(rows, ...OUTCOMES, ...LEFT_OUT)).toBe(sessions);
    expect(sum(await ask('performance-types', { menu_abandons: 'in' }), 'total_volume')).toBe(
      sum(rows, ...OUTCOMES, 'abandoned_in_menu'),
    );
    expect(sum(await ask('performance-types', { volume: 'with_open' }), 'total_volume')).toBe(
      sum(rows, ...OUTCOMES, 'open'),
    );
    expect(sum(rows, 'share_percent')).toBeCloseTo(100, 0);
  });

  it('credit a session to its last agent, or to every agent', async () => {
    const [last, every] = [await ask('performance-agents'), await ask('performance-agents', { credit: 'every' })];
    expect(sum(every, 'total_volume')).toBeGreaterThan(sum(last, 'total_volume'));
    const [available, total] = [last, await ask('performance-agents', { occupancy: 'total' })];
    for (const [index, row] of total.entries()) {
      const ratio = Number(available[index]?.occupancy_percent) / 100;
      if (row.occupancy_percent !== null)
        expect(Number(row.occupancy_percent)).toBeCloseTo((100 * ratio) / (1 + ratio), 1);
    }
  });

  it('move sessions between queues, but lose none, when the first queue counts', async () => {
    const [last, first] = [await ask('performance-queues'), await ask('performance-queues', { queue_credit: 'first' })];
    expect(sum(first, 'total_volume')).toBe(sum(last, 'total_volume'));
    expect(first.map(({ total_volume }) => total_volume)).not.toEqual(last.map(({ total_volume }) => total_volume));
    expect(sum(await ask('performance-queues', { repeat_hours: '0' }), 'repeat_contacts')).toBe(0);
  });
});

it('campaigns have their own reports, with before-call work in talk on request', async () => {
  const sessions = facts().filter(({ outcome }) => outcome.is_campaign);
  const [disposition, detailed, summary] = [
    await ask('campaign-disposition'),
    await ask('campaign-detailed'),
    await ask('campaign-summary'),
  ];
  expect(sum(disposition, 'total_volume')).toBe(sessions.length);
  expect(
    sum(
      disposition,
      'handled',
      'abandoned_by_contact',
      'cancelled',
      'failed',
      'deflected',
      'voicemail',
      'open',
      'other',
    ),
  ).toBe(sessions.length);
  expect(sum(summary, 'total_volume')).toBe(sessions.length);
  expect(new Set(detailed.map(({ session_id }) => session_id)).size).toBe(sessions.length);
  const predictive = await ask('campaign-summary', { mode: 'predictive' });
  expect(sum(predictive, 'total_talk_time')).toBeCloseTo(sum(summary, 'total_talk_time', 'total_bcw_time'), 0);
  expect(sum(summary, 'total_bcw_time')).toBeGreaterThan(0);
  expect(
    sum(await ask('campaign-disposition', { campaigns: 'with_scheduled_api' }), 'total_volume'),
  ).toBeGreaterThanOrEqual(sessions.length);
});

it('a filled query has no placeholder left', () => {
  for (const query of queries) expect(fillParameters(query, {}, DAY)).not.toContain('{{');
});
