import { describe, expect, it } from 'vitest';
import { SESSION_OUTCOMES, VISIT_EXITS, VISIT_ORIGINS } from '../../catalog/facts.ts';
import { simulate } from '../../simulator/simulation.ts';

// biome-ignore lint/suspicious/noExplicitAny: records are the API's loose JSON
type Loose = any;

const centre = simulate();
const at = centre.endMs + 4 * 86_400_000;
const calls = [...centre.records('calls', at)] as Loose[];
const chats = [...centre.records('chats', at)] as Loose[];
const kinds = (values: readonly unknown[]) =>
  new Set(values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)));
/** The newest records at a time, without rendering the rest. */
function latest(collection: 'calls' | 'chats', time: number, count: number): Loose[] {
  const listing = centre.listing(collection, time);
  const first = Math.max(0, listing.size - count);
  return Array.from({ length: listing.size - first }, (_, index) => listing.record(first + index));
}
const share = (test: (call: Loose) => boolean) => calls.filter(test).length / calls.length;

describe('the default fortnight', () => {
  it('has about 10,000 calls, 4,000 chats and 85,000 log rows', () => {
    expect(calls.length).toBeGreaterThan(9_000);
    expect(calls.length).toBeLessThan(11_000);
    expect(chats.length).toBeGreaterThan(3_500);
    expect(centre.records('agent_activity_logs', at).length).toBeGreaterThan(70_000);
  });

  it('has every kind of call', () => {
    const types = new Set(calls.map((call) => call.session_type_v2 ?? call.call_type));
    for (const type of [
      'Voice Inbound (IVR)',
      'Voice Inbound (PSTN)',
      'Voice Inbound (IVR using Mobile)',
      'Voice Inbound (API)',
      'Voice Inbound (App)',
      'Voice Inbound (Mobile)',
      'Voice Inbound (Web)',
      'Voice Scheduled (API)',
      'Voice Callback (Web)',
      'Voice Outbound',
      'Voice Outbound (API)',
      'Voice Inbound (Direct)',
      'Voice Inbound (Extension)',
      'Voice Internal',
      'Voice Campaign',
      'IvrCall',
      'ScheduledCall',
      'OutboundCall',
      'DirectCall',
    ]) {
      expect(types).toContain(type);
    }
  });

  it('has every way a call can end', () => {
    const ends = new Set(calls.map((call) => `${call.status} ${call.fail_reason}`));
    for (const end of [
      'finished nothing',
      'failed eu_abandoned',
      'failed eu_in_menu_abandoned',
      'failed eu_canceled',
      'failed eu_no_answer',
      'failed eu_busy',
      'recovered voip_conn_timeout',
      'deflected nothing',
      'voicemail_read nothing',
      'voicemail_received nothing',
      'finished eu_abandoned',
    ]) {
      expect(ends).toContain(end);
    }
    expect(share((call) => call.fail_reason === 'eu_abandoned')).toBeGreaterThan(0.01);
    expect(share((call) => call.fail_reason === 'eu_abandoned')).toBeLessThan(0.15);
  });

  it('shows open calls in every phase', () => {
    const statuses = new Set<string>();
    for (let minute = 0; minute < 600; minute += 1) {
      const time = centre.startMs + 8 * 3_600_000 + minute * 60_000;
      for (const call of latest('calls', time, 60)) statuses.add(call.status);
    }
    for (const status of [
      'selecting',
      'queued',
      'assigned',
      'connecting',
      'connected',
      'va_connected',
      'campaign_connecting',
      'campaign_connected',
      'preview_ready',
      'voicemail',
      'scheduled',
    ]) {
      expect(statuses).toContain(status);
    }
  }, 60_000);

  it('links children to their parents', () => {
    const byId = new Map(calls.map((call) => [call.id, call]));
    const children = calls.filter((call) => call.parent_id);
    expect(children.some((child) => byId.get(child.parent_id).status === 'recovered')).toBe(true);
    expect(children.some((child) => byId.get(child.parent_id).status === 'deflected')).toBe(true);
    expect(children.some((child) => byId.get(child.parent_id).status === 'voicemail_read')).toBe(true);
  });

  it('books scheduled calls days before they are made', () => {
    const days = calls
      .filter((call) => call.scheduled_at && call.queued_at)
      .map((call) => Date.parse(call.queued_at) - Date.parse(call.created_at));
    expect(Math.max(...days)).toBeGreaterThan(2 * 86_400_000);
  });

  it('has transfers of every outcome, named and unnamed receivers', () => {
    const transfers = calls.flatMap((call) => call.transfers ?? []);
    expect(new Set(transfers.map((one) => one.status))).toEqual(new Set(['transferred', 'failed', 'cancelled']));
    expect(transfers.some((one) => one.status === 'transferred' && one.to_agent === null)).toBe(true);
    expect(transfers.some((one) => one.to_menu !== null)).toBe(true);
    expect(calls.some((call) => call.queue_durations?.some((visit: Loose) => visit.transfer_cold))).toBe(true);
  });

  it('has participants of every type, and agents who left and returned', () => {
    const rows = calls.flatMap((call) => call.participants ?? []);
    expect(new Set(rows.map((row) => row.type))).toEqual(
      new Set(['agent', 'end_user', 'virtual_agent', 'third_party', 'campaign_contact', 'supervisor']),
    );
    const rejoined = calls.filter((call) => {
      const ids = (call.participants ?? []).flatMap((row: Loose) => (row.user_id === null ? [] : [row.user_id]));
      return new Set(ids).size < ids.length;
    });
    expect(rejoined.length).toBeGreaterThan(20);
  });
});

/** The facts of everything that is over or never will be. */
const sessions = (stages: ReturnType<typeof centre.chatStages>) =>
  [...stages].filter(({ isLast }) => isLast).map(({ facts }) => facts);

describe('the facts of the default fortnight', () => {
  const facts = sessions(centre.callStages());
  const chatFacts = sessions(centre.chatStages());
  const visits = facts.flatMap(({ queue_visits }) => queue_visits);
  const legs = facts.flatMap(({ agent_legs }) => agent_legs);
  const transfers = facts.flatMap((session) => session.transfers);
  const virtualAgents = facts.flatMap(({ virtual_agent_legs }) => virtual_agent_legs);
  const every = (values: readonly unknown[]) => new Set(values);

  it('have every outcome, the open ones of calls that never end', () => {
    const outcomes = facts.map(({ outcome }) => outcome.outcome);
    expect(every(outcomes)).toEqual(new Set(SESSION_OUTCOMES.filter((outcome) => outcome !== 'no_agent')));
    expect(facts.some(({ outcome }) => outcome.abandoned_after_answer)).toBe(true);
    for (const flag of [
      'has_conference',
      'has_third_party',
      'has_virtual_agent',
      'is_callback',
      'is_campaign',
    ] as const)
      expect(facts.filter(({ outcome }) => outcome[flag]).length, flag).toBeGreaterThan(10);
  });

  it('have every exit and origin of visits', () => {
    expect(every(visits.map(({ exit }) => exit))).toEqual(new Set(VISIT_EXITS.filter((exit) => exit !== 'open')));
    expect(every(visits.map(({ origin }) => origin))).toEqual(
      new Set(VISIT_ORIGINS.filter((origin) => origin !== 'campaign')),
    );
    for (const exit of ['answered', 'abandoned'])
      for (const origin of ['transfer', 'escalation'])
        expect(
          visits.some((visit) => visit.exit === exit && visit.origin === origin),
          `${exit} ${origin}`,
        ).toBe(true);
    expect(every(visits.map(({ source }) => source))).toEqual(new Set(['array', 'derived']));
    const redirected = facts.filter(({ queue_visits: [first, second] }) => {
      return first?.exit === 'deflected' && second !== undefined && second.transfer_id === null;
    });
    expect(every(redirected.map(({ outcome }) => outcome.outcome))).toContain('answered');
  });

  it('have transfers of every kind and outcome, with a second attempt at the same agent', () => {
    const pairs = every(transfers.map(({ kind, outcome }) => `${kind} ${outcome}`));
    for (const pair of [
      'agent transferred',
      'agent failed',
      'agent cancelled',
      'queue transferred',
      'queue failed',
      'virtual_agent transferred',
      'third_party transferred',
    ])
      expect(pairs).toContain(pair);
    expect(every(transfers.map(({ is_escalation }) => is_escalation))).toEqual(new Set([true, false]));
    expect(transfers.filter(({ is_retry, outcome }) => is_retry && outcome === 'transferred').length).toBeGreaterThan(
      3,
    );
    expect(every(transfers.map(({ cold }) => cold))).toEqual(new Set([true, false, null]));
  });

  it('have virtual agents before, in and after the queue', () => {
    expect(every(virtualAgents.map(({ outcome }) => outcome))).toEqual(
      new Set(['escalated', 'resolved', 'consumer_ended', 'unexpectedly_ended', 'undefined']),
    );
    const places = every(virtualAgents.map((leg) => `${leg.initiated_by} ${leg.in_queue}`));
    expect(places).toEqual(new Set(['consumer false', 'consumer true', 'agent false']));
  });

  it('have wrap-up, later wrap-up, before-call work, hold and agents who returned', () => {
    const of = (key: 'wrap_up_seconds' | 'before_call_seconds' | 'hold_seconds') =>
      legs.filter((leg) => (leg[key] ?? 0) > 0).length;
    expect(of('wrap_up_seconds')).toBeGreaterThan(1000);
    expect(of('hold_seconds')).toBeGreaterThan(1000);
    expect(of('before_call_seconds')).toBeGreaterThan(20);
    const handled = calls.flatMap((call) => call.handle_durations ?? []);
    expect(handled.filter((row) => row.call_duration === null && row.acw_duration > 0).length).toBeGreaterThan(20);
    const rows = handled.filter((row) => row.call_duration !== null);
    expect(legs.filter(({ source }) => source === 'array').length).toBeLessThan(rows.length);
    const logs = centre.records('agent_activity_logs', at) as Loose[];
    expect(logs.some((row) => row.status?.name === 'Wrap-up Exceeded')).toBe(true);
  });

  it('have calls that never end', () => {
    const open = calls.filter((call) => call.status === 'connected' && !call.ends_at && !call.ended_at);
    expect(open.length).toBeGreaterThan(2);
    expect(open.length).toBeLessThan(50);
    expect(facts.filter(({ outcome }) => outcome.outcome === 'open')).toHaveLength(open.length);
  });

  it('have chats with and without rows of their queues, escalations and chats that agents began', () => {
    const chatVisits = chatFacts.flatMap(({ queue_visits }) => queue_visits);
    const derived = chatVisits.filter(({ source }) => source === 'derived').length / chatVisits.length;
    expect(derived).toBeGreaterThan(0.1);
    expect(derived).toBeLessThan(0.3);
    expect(chatVisits.some(({ origin, exit }) => origin === 'escalation' && exit === 'answered')).toBe(true);
    expect(chatVisits.some(({ origin, exit }) => origin === 'transfer' && exit === 'abandoned')).toBe(true);
    expect(every(chatFacts.map(({ outcome }) => outcome.direction))).toEqual(new Set(['inbound', 'outbound']));
  });
});

describe('field-level oddities', () => {
  it('lets types drift', () => {
    expect(kinds(calls.map((call) => call.rating))).toEqual(new Set(['null', 'number', 'string']));
    expect(calls.some((call) => typeof call.rating === 'number' && !Number.isInteger(call.rating))).toBe(true);
    expect(kinds(calls.flatMap((call) => (call.agent_info ? [call.agent_info.agent_number] : [])))).toEqual(
      new Set(['null', 'number', 'string']),
    );
    expect(kinds(calls.flatMap((call) => (call.selected_menu ? [call.selected_menu.hidden] : [])))).toEqual(
      new Set(['boolean', 'string']),
    );
    expect(kinds(chats.flatMap((chat) => chat.participants.map((row: Loose) => row.user_id)))).toEqual(
      new Set(['null', 'number', 'string']),
    );
    expect(kinds(centre.records('teams', at).map((team) => team.assignees))).toEqual(
      new Set(['array', 'null', 'undefined']),
    );
    expect(kinds(centre.records('agents', at).map((agent) => agent.agent_number))).toEqual(new Set(['null', 'string']));
  });

  it('varies keys: some are missing, some null, some empty', () => {
    for (const key of ['transfers', 'participants']) {
      expect(kinds(calls.map((call) => call[key])), key).toEqual(new Set(['array', 'null', 'undefined']));
      expect(calls.some((call) => Array.isArray(call[key]) && call[key].length === 0)).toBe(true);
    }
    for (const key of [
      'agent_info',
      'voip_provider',
      'virtual_agent',
      'session_type_v2',
      'connecting_at',
      'parent_id',
      'changed_details',
      'ended_at',
      'duration',
    ]) {
      const having = share((call) => key in call);
      expect(having, key).toBeGreaterThan(0.005);
      expect(having, key).toBeLessThan(0.995);
    }
    const logs = centre.records('agent_activity_logs', at) as Loose[];
    expect(new Set(logs.filter((row) => row.status).map((row) => 'wfm_id' in row.status))).toEqual(
      new Set([true, false]),
    );
  });

  it('mostly ends with ends_at and rarely has connecting_at', () => {
    expect(share((call) => 'ends_at' in call)).toBeGreaterThan(0.85);
    expect(share((call) => 'connecting_at' in call)).toBeLessThan(0.2);
    const ends = chats.flatMap((chat) =>
      chat.participants.map((row: Loose) => ('finished_at' in row ? 'finished_at' : 'ended_at')),
    );
    expect(new Set(ends)).toEqual(new Set(['finished_at', 'ended_at']));
  });

  it('writes some timestamps with an offset', () => {
    const suffixes = new Set(calls.map((call) => String(call.updated_at).replace(/^.*\d\.\d{3}/, '')));
    expect(suffixes).toEqual(new Set(['Z', '+00:00', '-05:00', '+05:30']));
  });

  it('has chats of all types, dismissed chats that continued, lost agents and media', () => {
    expect(new Set(chats.map((chat) => chat.chat_type)).size).toBe(6);
    expect(
      chats.some((chat) => chat.agent_info === null && chat.participants.some((row: Loose) => row.type === 'agent')),
    ).toBe(true);
    expect(chats.some((chat) => chat.photos.length > 0)).toBe(true);
    expect(calls.some((call) => call.videos.length > 0)).toBe(true);
    expect(chats.some((chat) => (chat.transfers ?? []).length > 0)).toBe(true);
    let dismissed = 0;
    for (let minute = 0; minute < 3000; minute += 5) {
      const time = centre.startMs + 8 * 3_600_000 + minute * 60_000;
      dismissed += latest('chats', time, 40).filter((chat) => chat.status === 'dismissed').length;
    }
    expect(dismissed).toBeGreaterThan(0);
  }, 60_000);
});
