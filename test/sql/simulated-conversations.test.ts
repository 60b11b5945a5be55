import { expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import type { Collection } from '../../simulator/collections.ts';
import { countRows } from '../support/count-rows.ts';
import type { Row } from '../support/fake-platform.ts';
import { DAY, useSimulatedDay } from './simulated-day.ts';
import { clock, groups, has, listSessions, mean, near, type Session, share } from './simulated-sessions.ts';

const day = useSimulatedDay();
const one = { from: DAY, to: DAY };
const calls = () => listSessions(day(), 'call').filter(({ created }) => clock(created).startsWith(DAY));
const chats = () => listSessions(day(), 'chat').filter(({ created }) => clock(created).startsWith(DAY));
const isAnswered = ({ facts }: Session) => facts.agent_legs.length > 0;
const byQueue = (sessions: readonly Session[]) => groups(sessions, ({ facts }) => String(facts.outcome.first_queue_id));

it('transfer-rate counts the transferred calls of each queue', async () => {
  const rows = await day().ask('transfer-rate', one);
  const expected = byQueue(calls().filter(isAnswered));
  expect(rows).toHaveLength(expected.length);
  for (const [queue, group] of expected) {
    const passed = group.filter(({ facts }) => facts.outcome.transfers_done > 0);
    expect(rows.find(({ queue_id }) => String(queue_id) === queue)).toMatchObject({
      answered_sessions: group.length,
      transferred_sessions: passed.length,
      only_attempted: group.filter(
        ({ facts }) =>
          facts.outcome.transfers_done === 0 && facts.transfers.some((transfer) => !transfer.is_escalation),
      ).length,
      transfer_percent: share(passed.length, group.length),
    });
  }
});

it('transfer-flow leads from queue to queue', async () => {
  const flows = new Map<string, number>();
  for (const transfer of listSessions(day(), 'call').flatMap(({ facts }) => facts.transfers)) {
    if (transfer.is_escalation || transfer.outcome !== 'transferred' || !String(transfer.created_at).startsWith(DAY))
      continue;
    const flow = `${transfer.from_queue_id} > ${transfer.to_queue_id ?? transfer.kind}`;
    flows.set(flow, (flows.get(flow) ?? 0) + 1);
  }
  const rows = (await day().ask('transfer-flow', one)).filter(({ transferred }) => Number(transferred) > 0);
  const found = rows.map((row) => [
    `${row.from_queue_id} > ${row.to_queue_id ?? String(row.to_queue).replace(/[()]/g, '').replace(' ', '_')}`,
    row.transferred,
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(flows));
  expect(flows.size).toBeGreaterThan(5);
});

it('conferences counts overlaps that happened, but not the two agents of an internal call', async () => {
  const rows = await day().ask('conferences', one);
  const answered = calls().filter(isAnswered);
  expect(answered.some(({ facts }) => facts.outcome.is_internal)).toBe(true);
  for (const [queue, group] of byQueue(answered))
    expect(rows.find(({ queue_id }) => String(queue_id) === queue)).toMatchObject({
      answered_sessions: group.length,
      conferences: group.filter(({ facts }) => facts.outcome.has_conference).length,
      third_parties: group.filter(({ facts }) => facts.outcome.has_third_party).length,
    });
  const times = answered.flatMap((call) =>
    call.facts.outcome.has_conference ? (call.metric('conference_time') ?? []) : [],
  );
  const total = rows.reduce((sum, row) => sum + Number(row.conferences) * Number(row.average_conference_time ?? 0), 0);
  expect(times.length).toBeGreaterThan(0);
  expect(total).toBeCloseTo(
    times.reduce((sum, seconds) => sum + seconds, 0),
    -1,
  );
});

it('abandon-reasons counts every visit and session that ended without an answer', async () => {
  const expected = new Map<string, number>();
  const add = (key: string) => expected.set(key, (expected.get(key) ?? 0) + 1);
  for (const { facts, created } of listSessions(day(), 'call')) {
    const reason = `${facts.details.fail_reason} ${facts.details.deflection}`;
    for (const { queue_id, exit, entered_at } of facts.queue_visits)
      if (exit !== 'answered' && exit !== 'open' && String(entered_at).startsWith(DAY))
        add(`${queue_id} ${exit} ${reason}`);
    const { outcome } = facts.outcome;
    if (facts.queue_visits.length > 0 || facts.agent_legs.length > 0 || outcome === 'open') continue;
    if (clock(created).startsWith(DAY)) add(`null ${outcome} ${reason}`);
  }
  const rows = await day().ask('abandon-reasons', one);
  const found = rows.map((row) => [
    `${row.queue_id} ${row.ended_as} ${row.fail_reason} ${row.deflection}`,
    row.unanswered,
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

it('calls-without-ticket lists them, newest first', async () => {
  const rows = await day().ask('calls-without-ticket', { ...one, rows: '10' });
  const expected = calls()
    .filter(
      (call) =>
        isAnswered(call) && call.facts.details.ended_at !== null && (call.record.out_ticket_id ?? null) === null,
    )
    .sort((a, b) => b.created - a.created);
  expect(rows.map(({ call_id }) => call_id)).toEqual(expected.slice(0, 10).map(({ id }) => id));
});

it('chat-response-times averages the values of the API', async () => {
  const rows = await day().ask('chat-response-times', one);
  for (const [queue, group] of byQueue(chats().filter(isAnswered))) {
    const times = group.map(({ record }) => record.average_response_time).filter((time) => typeof time === 'number');
    expect(rows.find(({ queue_id }) => String(queue_id) === queue)).toMatchObject({
      answered_sessions: group.length,
      average_response_time: times.length === 0 ? null : near(mean(times), 0.05),
    });
  }
  const waits = listSessions(day(), 'chat')
    .flatMap(({ facts }) => facts.queue_visits)
    .filter(({ exit, entered_at }) => exit === 'answered' && String(entered_at).startsWith(DAY));
  const answered = rows.reduce((sum, row) => sum + Number(row.answered), 0);
  expect(answered).toBe(waits.length);
  const total = rows.reduce((sum, row) => sum + Number(row.answered) * Number(row.average_wait ?? 0), 0);
  expect(total / answered).toBeCloseTo(mean(waits.map(({ seconds }) => seconds).filter(has)), 0);
});

it('photos-and-videos counts them per session', async () => {
  const rows = (await day().ask('photos-and-videos', one)).filter(({ channel }) => channel === 'call');
  const listOf = ({ record }: Session, key: string) => ((record[key] ?? []) as unknown[]).length;
  for (const [queue, group] of byQueue(calls()))
    expect(rows.find(({ queue_id }) => String(queue_id) === queue)).toMatchObject({
      sessions: group.length,
      with_photo: group.filter((call) => listOf(call, 'photos') > 0).length,
      with_video: group.filter((call) => listOf(call, 'videos') > 0).length,
      photos_per_hundred: share(
        group.reduce((sum, call) => sum + listOf(call, 'photos'), 0),
        group.length,
      ),
    });
  expect(rows.some(({ with_photo }) => Number(with_photo) > 0)).toBe(true);
});

it('ivr-containment counts every call of the menu in exactly one column', async () => {
  const menu = calls().filter(({ facts }) => facts.outcome.has_menu && facts.outcome.direction === 'inbound');
  const others = menu.filter(({ facts }) => facts.queue_visits.length === 0);
  const count = (outcome: string) => others.filter(({ facts }) => facts.outcome.outcome === outcome).length;
  const [row] = await day().ask('ivr-containment', one);
  expect(row).toMatchObject({
    menu_calls: menu.length,
    queued: menu.length - others.length,
    contained: count('no_agent'),
    virtual_agent_only: count('va_only'),
    abandoned_in_menu: count('abandoned_menu'),
    deflected_in_menu: count('deflected'),
  });
});

it('api-and-portal explains each call that the portal does not count', async () => {
  const inbound = calls().filter(({ facts }) => facts.outcome.direction === 'inbound');
  const count = (outcome: string) => inbound.filter(({ facts }) => facts.outcome.outcome === outcome).length;
  const portal = inbound.filter(
    ({ facts }) => !['abandoned_menu', 'deflected', 'voicemail', 'open'].includes(facts.outcome.outcome),
  );
  expect(count('voicemail')).toBeGreaterThan(0);
  expect(await day().ask('api-and-portal', { ...one, short: '30' })).toMatchObject([
    {
      day: DAY,
      api_calls: calls().length,
      abandoned_in_menu: count('abandoned_menu'),
      deflected_calls: count('deflected'),
      voicemails: count('voicemail'),
      portal_calls: portal.length,
      abandoned_in_queue: count('abandoned_queue'),
      short_abandoned_calls: portal.filter(
        ({ facts }) =>
          facts.outcome.outcome === 'abandoned_queue' &&
          facts.queue_visits.some(({ exit, seconds }) => exit === 'abandoned' && seconds !== null && seconds < 30),
      ).length,
      agents_not_counted: portal.reduce((sum, { facts }) => sum + Math.max(0, facts.agent_legs.length - 1), 0),
    },
  ]);
});

it('key-figures compares the period with the one before', async () => {
  const [period, before, ...more] = await day().ask('key-figures', { before: DAY, from: '2026-11-02', to: DAY });
  expect(period).toMatchObject({
    period: 'period',
    sessions: calls().length,
    answered_sessions: calls().filter(isAnswered).length,
    chats: chats().length,
  });
  expect([before, more]).toEqual([undefined, []]);
  const shifted = await day().ask('key-figures', { before: DAY, from: '2026-11-03', to: '2026-11-03' });
  expect(shifted.find((row) => row.period === 'before')).toEqual({ ...period, period: 'before' });
});

it('data-freshness has every endpoint with records', async () => {
  const rows = await day().ask('data-freshness', { from: '2026-11-01', to: DAY });
  const { simulation } = day();
  const counts = countRows((path) => simulation.records(path.slice(1) as Collection, simulation.endMs) as Row[]);
  const filled = ENDPOINTS.map(({ name }) => name).filter((name) => counts[name] !== 0);
  expect(rows.map(({ endpoint }) => endpoint)).toEqual([...filled, 'call_segments'].sort());
  expect(rows.find(({ endpoint }) => endpoint === 'call')).toEqual({
    tenant: 'acme',
    endpoint: 'call',
    lines: calls().length,
    first_day: DAY,
    last_day: DAY,
    days: 1,
    days_without: 1,
    quarantined: 0,
    complete_percent: 100,
    last_extracted_at: '2026-11-03T00:00:00.000Z',
    hours_behind: 0,
  });
});
