import { expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import type { Collection } from '../../simulator/collections.ts';
import { countRows } from '../support/count-rows.ts';
import type { Row } from '../support/fake-platform.ts';
import { type Call, callsOf, clock, has, isOffered, mean, rounded, share } from './simulated-calls.ts';
import { DAY, useSimulatedDay } from './simulated-day.ts';

const day = useSimulatedDay();
const calls = () => callsOf(day());
const one = { from: DAY, to: DAY };

const byQueue = (items: readonly Call[]): [string, Call[]][] =>
  [...Map.groupBy(items, ({ queue }) => queue)].sort(([a], [b]) => (a < b ? -1 : 1));
const isAnswered = (call: Call) => call.connected !== null;
const didTransfer = ({ transfers }: Call) => transfers.filter(({ status }) => status === 'transferred').length;

it('transfer-rate counts the transferred calls of each queue', async () => {
  const rows = await day().ask('transfer-rate', one);
  expect(rows.toSorted((a, b) => (String(a.queue_name) < String(b.queue_name) ? -1 : 1))).toEqual(
    byQueue(calls().filter(isAnswered)).map(([queue_name, group]) => {
      const passed = group.filter((call) => didTransfer(call) > 0).length;
      return {
        tenant: 'acme',
        queue_name,
        answered: group.length,
        transferred: passed,
        only_attempted: group.filter((call) => call.transfers.length > 0 && didTransfer(call) === 0).length,
        transfer_percent: share(passed, group.length),
        transfers_per_hundred: share(
          group.reduce((sum, call) => sum + didTransfer(call), 0),
          group.length,
        ),
      };
    }),
  );
});

it('transfer-flow leads from queue to queue', async () => {
  const flows = new Map<string, number>();
  for (const { queue, transfers } of calls())
    for (const { status, to_menu } of transfers) {
      if (status !== 'transferred') continue;
      const to = to_menu?.name.split('/').at(-1)?.trim() ?? '(an agent)';
      flows.set(`${queue} > ${to}`, (flows.get(`${queue} > ${to}`) ?? 0) + 1);
    }
  const rows = await day().ask('transfer-flow', one);
  expect(new Map(rows.map((row) => [`${row.from_queue} > ${row.to_queue}`, row.transfers]))).toEqual(flows);
  expect(flows.size).toBeGreaterThan(5);
});

const agentsOf = ({ participants }: Call) =>
  new Set(participants.flatMap((row) => (row.type === 'agent' && row.connected_at ? [row.user_id] : []))).size;

it('conferences counts overlaps that happened, but not the two agents of an internal call', async () => {
  const conferenceTime = (call: Call) =>
    call.isInternal && agentsOf(call) < 3 ? null : call.metric('conference_time');
  const rows = await day().ask('conferences', one);
  const handled = calls().filter((call) => has(call.metric('handle_time')));
  expect(rows.map((row) => [row.queue_name, row.answered, row.conferences, row.third_parties])).toEqual(
    byQueue(handled).map(([queue, group]) => [
      queue,
      group.length,
      group.filter((call) => (conferenceTime(call) ?? 0) > 0).length,
      group.filter((call) => (call.metric('third_party_talk_time') ?? 0) > 0).length,
    ]),
  );
  const times = handled.map(conferenceTime).filter((seconds) => (seconds ?? 0) > 0);
  const total = rows.reduce((sum, row) => sum + Number(row.conferences) * Number(row.average_conference_time ?? 0), 0);
  expect(total).toBeCloseTo(
    times.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0),
    -1,
  );
});

it('abandon-reasons counts every call that ended without an answer', async () => {
  const expected = new Map<string, number>();
  for (const call of calls()) {
    if (isAnswered(call) || !(call.ended !== null || ['failed', 'deflected'].includes(call.status))) continue;
    const key = `${call.queue} ${call.failReason} ${call.deflection}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const rows = await day().ask('abandon-reasons', one);
  expect(new Map(rows.map((row) => [`${row.queue_name} ${row.fail_reason} ${row.deflection}`, row.calls]))).toEqual(
    expected,
  );
});

it('calls-without-ticket lists them, newest first', async () => {
  const rows = await day().ask('calls-without-ticket', { ...one, rows: '10' });
  const expected = calls()
    .filter((call) => isAnswered(call) && call.ended !== null && call.ticket === null)
    .sort((a, b) => b.created - a.created);
  expect(rows.map(({ call_id }) => call_id)).toEqual(expected.slice(0, 10).map(({ id }) => id));
});

it('chat-response-times averages the values of the API', async () => {
  const rows = await day().ask('chat-response-times', one);
  const chats = Map.groupBy(
    day().records.get('chat') ?? [],
    (chat) => (chat.selected_menu as { name: string } | null)?.name ?? '(no queue)',
  );
  expect(rows).toHaveLength(chats.size);
  for (const row of rows) {
    const group = chats.get(String(row.queue_name)) ?? [];
    const taken = group.filter((chat) => chat.assigned_at !== null);
    const waits = taken
      .map((chat) =>
        typeof chat.queued_at === 'string'
          ? Date.parse(String(chat.assigned_at)) - Date.parse(chat.queued_at)
          : Number(chat.queue_duration ?? Number.NaN) * 1000,
      )
      .filter(Number.isFinite);
    const responses = taken.map((chat) => chat.average_response_time).filter((each) => typeof each === 'number');
    expect(row).toMatchObject({
      chats: group.length,
      taken: taken.length,
      average_wait: waits.length === 0 ? null : expect.closeTo(mean(waits) / 1000, 1),
      average_response_time: responses.length === 0 ? null : expect.closeTo(mean(responses), 1),
    });
  }
});

it('photos-and-videos counts them per conversation', async () => {
  const rows = await day().ask('photos-and-videos', one);
  const expected = byQueue(calls()).map(([queue, group]) => [
    queue,
    group.length,
    group.filter(({ photos }) => photos > 0).length,
    group.filter(({ videos }) => videos > 0).length,
    share(
      group.reduce((sum, { photos }) => sum + photos, 0),
      group.length,
    ),
  ]);
  const ofCalls = rows.filter(({ channel }) => channel === 'call');
  expect(
    ofCalls.map((row) => [row.queue_name, row.conversations, row.with_photo, row.with_video, row.photos_per_hundred]),
  ).toEqual(expected);
  expect(ofCalls.some(({ with_photo }) => Number(with_photo) > 0)).toBe(true);
});

it('ivr-containment counts every call of the menu in exactly one column', async () => {
  const menu = calls().filter(({ id }) => {
    const record = day()
      .records.get('call')
      ?.find((call) => call.id === id);
    const isMenu = /IVR|PSTN|IvrCall|\(API\)/.test(String(record?.session_type_v2 ?? record?.call_type));
    return isMenu && record?.scheduled_at === null;
  });
  const inbound = menu.filter(
    ({ isInbound, ended, status }) =>
      isInbound && (ended !== null || ['finished', 'failed', 'deflected'].includes(status)),
  );
  const [row] = await day().ask('ivr-containment', one);
  const queued = inbound.filter((call) => call.queued !== null || isAnswered(call));
  const others = inbound.filter((call) => !queued.includes(call));
  expect(row).toMatchObject({
    calls: inbound.length,
    queued: queued.length,
    abandoned_in_menu: others.filter(({ failReason }) => failReason === 'eu_in_menu_abandoned').length,
    deflected: others.filter(({ deflection }) => deflection !== 'no_deflection').length,
    contained: others.filter(
      ({ failReason, deflection, status }) =>
        failReason !== 'eu_in_menu_abandoned' && deflection === 'no_deflection' && status !== 'failed',
    ).length,
  });
});

it('api-and-portal explains each call that the portal does not count', async () => {
  const inbound = calls().filter(({ isInbound }) => isInbound);
  const inMenu = inbound.filter(({ failReason }) => failReason === 'eu_in_menu_abandoned');
  const voicemails = inbound.filter((call) => !inMenu.includes(call) && call.isVoicemail);
  expect(voicemails).not.toEqual([]);
  const others = inbound.filter((call) => !inMenu.includes(call) && !call.isVoicemail);
  const deflected = others.filter((call) => call.deflection !== 'no_deflection');
  const portal = others.filter((call) => !deflected.includes(call));
  expect(await day().ask('api-and-portal', { ...one, short: '30' })).toEqual([
    {
      tenant: 'acme',
      day: DAY,
      api_calls: calls().length,
      outbound_or_internal: calls().length - inbound.length,
      abandoned_in_menu: inMenu.length,
      deflected: deflected.length,
      voicemails: voicemails.length,
      portal_calls: portal.length,
      short_abandons: portal.filter(
        (call) =>
          call.failReason === 'eu_abandoned' &&
          !isAnswered(call) &&
          Math.floor(((call.ended ?? Number.NaN) - (call.queued ?? 0)) / 1000) < 30,
      ).length,
      agents_not_counted: portal.reduce((sum, call) => sum + Math.max(0, agentsOf(call) - 1), 0),
    },
  ]);
});

it('key-figures compares the period with the one before', async () => {
  const [period, before, ...more] = await day().ask('key-figures', {
    before: DAY,
    from: '2026-11-02',
    to: DAY,
  });
  const offered = calls().filter(isOffered);
  const handled = calls()
    .map((call) => call.metric('handle_time'))
    .filter(has);
  expect(period).toMatchObject({
    period: 'period',
    calls: calls().length,
    offered: offered.length,
    answered: offered.filter(isAnswered).length,
    average_handle_time: rounded(mean(handled)),
    chats: day().records.get('chat')?.length,
  });
  expect([before, more]).toEqual([undefined, []]);
  const shifted = await day().ask('key-figures', { before: DAY, from: '2026-11-03', to: '2026-11-03' });
  expect(shifted).toEqual([{ ...period, period: 'before' }]);
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
    lines: calls().filter(({ created }) => clock(created).startsWith(DAY)).length,
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
