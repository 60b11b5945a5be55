import { describe, expect, it } from 'vitest';
import type { SessionFacts } from '../../catalog/facts.ts';
import { compareFacts, countFields } from '../../cli/commands/fact-difference.ts';
import type { CallFamily, CallStory, Happening, Party, Transfer } from '../../simulator/call-story.ts';
import { QUEUES } from '../../simulator/menus.ts';
import { drawCallTraits } from '../../simulator/oddities.ts';
import { hireAll } from '../../simulator/people.ts';
import { Random } from '../../simulator/random.ts';
import { renderCall } from '../../simulator/render-call.ts';
import { simulate } from '../../simulator/simulation.ts';
import { expectCallFacts } from '../../simulator/truth-facts.ts';
import { VIRTUAL_AGENTS } from '../../simulator/virtual-agents.ts';
import { createVisibility } from '../../simulator/visibility.ts';

type Someone = NonNullable<Party['agent']>;
const [ann, bob] = hireAll(2, { startMs: 0, endMs: 86_400_000 }, new Random(1)) as [Someone, Someone];
const [billing, orders] = QUEUES as [(typeof QUEUES)[number], (typeof QUEUES)[number]];
const noon = (clock: string) => Date.parse(`2026-11-03T${clock}Z`);
type Told = readonly [clock: string, happening: Happening];

const traits: CallStory['traits'] = {
  ...drawCallTraits(new Random(1)),
  endHidden: false,
  assignedHidden: false,
  participants: 'shown',
  openRow: false,
  durationRowsMissing: false,
  transferTimes: true,
};

function story(told: readonly Told[], about: Partial<CallStory> = {}): CallStory {
  const events = told.map(([clock, happening]) => ({ ...happening, at: noon(clock) })).toSorted((a, b) => a.at - b.at);
  const type = 'Voice Inbound (IVR)';
  const family: CallFamily = 'ivr';
  const base = { id: 1, parentId: null, family, callType: type, sessionType: type, endUserId: 1, preview: false };
  return { ...base, traits, events, ...about };
}

const agent = (id: number, who: Someone): Party => ({ id, type: 'agent', agent: who });
const a = agent(1, ann);
const b = agent(2, bob);
const ended: Happening = {
  kind: 'ended',
  status: 'finished',
  failReason: 'nothing',
  by: 'disconnected_by_end_user',
};

/** Waits 30 s for Ann and talks with her from 10:01:05. */
const answered: readonly Told[] = [
  ['10:00:00.000', { kind: 'created', status: 'selecting' }],
  ['10:00:30.000', { kind: 'queued', menu: billing }],
  ['10:01:00.000', { kind: 'assigned', agent: ann }],
  ['10:01:00.000', { kind: 'invited', party: a }],
  ['10:01:05.000', { kind: 'joined', party: a }],
  ['10:01:05.000', { kind: 'connected', status: 'connected' }],
];
const finished: readonly Told[] = [
  ...answered,
  ['10:02:00.000', { kind: 'held', agent: ann }],
  ['10:02:45.000', { kind: 'resumed', agent: ann }],
  ['10:06:05.000', { kind: 'left', party: a }],
  ['10:06:05.000', ended],
  ['10:06:55.400', { kind: 'wrapped_up', party: a, milliseconds: 50_400 }],
];
const toOrders: Transfer = { id: 9, from: ann, toAgent: null, toMenu: orders, cold: true };
const toBob: Transfer = { id: 9, from: ann, toAgent: bob, toMenu: null, cold: false };

const facts = (told: readonly Told[], clock = '23:00:00', about: Partial<CallStory> = {}): SessionFacts =>
  expectCallFacts(story(told, about), noon(clock));

describe('the facts of hand-made calls', () => {
  it('are one visit and one leg for a plain call', () => {
    const { outcome, queue_visits, agent_legs, transfers, virtual_agent_legs } = facts(finished);
    expect(outcome).toMatchObject({ outcome: 'answered', has_menu: true, has_queue: true, has_conference: false });
    expect(outcome).toMatchObject({ first_agent_id: ann.id, last_agent_id: ann.id, queue_visits: 1, agent_legs: 1 });
    expect(queue_visits).toMatchObject([
      { exit: 'answered', origin: 'inbound', seconds: 30, agent_id: ann.id, queue_id: billing.id, source: 'array' },
    ]);
    expect(agent_legs).toMatchObject([
      { visit_no: 1, seconds: 300, hold_seconds: 45, talk_seconds: 255, wrap_up_seconds: 50, handle_seconds: 350 },
    ]);
    expect(agent_legs[0]).toMatchObject({ connection_seconds: 5, via_transfer: false, before_call_seconds: 0 });
    expect([transfers, virtual_agent_legs]).toEqual([[], []]);
  });

  it('are an abandon of the second queue if the caller hangs up after a transfer', () => {
    const { outcome, queue_visits, transfers } = facts([
      ...answered,
      ['10:06:00.000', { kind: 'transfer_started', transfer: toOrders }],
      ['10:06:01.000', { kind: 'left', party: a }],
      ['10:11:00.000', { kind: 'transfer_failed', transfer: toOrders, reason: 'eu_abandoned' }],
      ['10:11:00.000', { ...ended, failReason: 'eu_abandoned' } as Happening],
    ]);
    expect(outcome).toMatchObject({ outcome: 'answered', abandoned_after_answer: true, queue_visits: 2 });
    expect(outcome).toMatchObject({ first_queue_id: billing.id, last_queue_id: orders.id, agent_legs: 1 });
    expect(queue_visits[1]).toMatchObject({ exit: 'abandoned', origin: 'transfer', seconds: 300, agent_id: null });
    expect(queue_visits[1]).toMatchObject({ cold: true, transfer_id: 9 });
    expect(transfers).toMatchObject([{ kind: 'queue', outcome: 'failed', seconds: null, cold: null }]);
  });

  it('are two legs that overlap for a warm transfer', () => {
    const warm: readonly Told[] = [
      ...finished,
      ['10:03:40.000', { kind: 'transfer_started', transfer: toBob }],
      ['10:03:40.000', { kind: 'invited', party: b }],
      ['10:04:00.000', { kind: 'joined', party: b }],
      ['10:04:00.000', { kind: 'transfer_received', transfer: toBob, agent: bob }],
      ['10:06:05.000', { kind: 'left', party: b }],
    ];
    const { outcome, agent_legs, transfers } = facts(warm);
    expect(outcome).toMatchObject({ transfers_done: 1, has_conference: true, agent_legs: 2, last_agent_id: bob.id });
    expect(agent_legs).toMatchObject([
      { agent_id: ann.id, seconds: 300, cold: null },
      { agent_id: bob.id, seconds: 125, via_transfer: true, cold: false, transfer_id: 9, visit_no: null },
    ]);
    expect(transfers).toMatchObject([{ kind: 'agent', outcome: 'transferred', seconds: 20, cold: false }]);
    expect(facts(warm, '10:03:50').transfers).toMatchObject([{ outcome: 'open', received_at: null }]);
  });

  it('are one leg for an agent who drops out and returns', () => {
    const again = agent(4, ann);
    const { agent_legs } = facts([
      ...answered,
      ['10:02:00.000', { kind: 'left', party: a }],
      ['10:02:05.000', { kind: 'joined', party: again }],
      ['10:03:05.000', { kind: 'left', party: again }],
      ['10:03:05.000', ended],
      ['10:04:00.000', { kind: 'wrapped_up', party: again, milliseconds: 55_000 }],
      ['10:09:00.000', { kind: 'wrapped_up', party: again, milliseconds: 60_000, recordId: 77 }],
    ]);
    expect(agent_legs).toMatchObject([{ leg_id: 1, seconds: 115, wrap_up_seconds: 115, handle_seconds: 230 }]);
  });

  it('are open until a call is over', () => {
    const open = facts(answered, '10:00:45');
    expect(open.outcome).toMatchObject({ outcome: 'open', agent_legs: 0 });
    expect(open.queue_visits).toMatchObject([{ exit: 'open', left_at: null, seconds: null }]);
    expect(facts(answered, '10:03:00').agent_legs).toMatchObject([{ ended_at: null, seconds: null }]);
  });

  it('tell by which of the outcomes a call ended', () => {
    const outcome = (told: readonly Told[]) => facts(told).outcome.outcome;
    const end = (failReason: string, status = 'failed'): Told => [
      '10:01:30.000',
      { ...ended, status, failReason } as Happening,
    ];
    const created = answered.slice(0, 1);
    const queued = answered.slice(0, 2);
    const assigned = answered.slice(0, 4);
    expect(outcome([...created, end('eu_in_menu_abandoned')])).toBe('abandoned_menu');
    expect(outcome([...queued, end('eu_abandoned')])).toBe('abandoned_queue');
    expect(outcome([...assigned, end('eu_canceled')])).toBe('cancelled');
    expect(outcome([...assigned, end('voip_conn_timeout')])).toBe('failed');
    expect(outcome([...assigned, end('nothing', 'recovered')])).toBe('recovered');
    const voicemail: Happening = { kind: 'voicemail', reason: 'queue_timeout' };
    expect(outcome([...queued, ['10:01:00.000', voicemail], end('nothing', 'voicemail_received')])).toBe('voicemail');
    const deflected: Happening = { kind: 'deflected', deflection: 'over_capacity_message_only' };
    expect(outcome([...queued, ['10:01:00.000', deflected], end('nothing', 'deflected')])).toBe('deflected');
  });

  it('have a visit for each queue if the caller is redirected before an agent accepts', () => {
    const { outcome, queue_visits } = facts([
      ...answered.slice(0, 2),
      ['10:00:40.000', { kind: 'redirected', menu: orders }],
      ['10:01:40.000', { kind: 'assigned', agent: bob }],
      ['10:01:40.000', { kind: 'invited', party: b }],
      ['10:01:42.000', { kind: 'joined', party: b }],
      ['10:06:05.000', { kind: 'left', party: b }],
      ['10:06:05.000', ended],
    ]);
    expect(outcome).toMatchObject({ outcome: 'answered', queue_visits: 2 });
    expect(queue_visits).toMatchObject([
      { exit: 'deflected', seconds: 10, queue_id: billing.id },
      { exit: 'answered', seconds: 60, queue_id: orders.id, origin: 'inbound' },
    ]);
  });

  it('tell an escalation by a virtual agent from a transfer', () => {
    const juno: Party = { id: 5, type: 'virtual_agent', agent: null, virtualAgent: VIRTUAL_AGENTS.reception };
    const handover: Transfer = {
      id: 8,
      from: null,
      fromVirtualAgent: VIRTUAL_AGENTS.reception,
      toAgent: null,
      toMenu: billing,
      cold: true,
    };
    const { outcome, queue_visits, virtual_agent_legs, transfers } = facts([
      ['10:00:00.000', { kind: 'created', status: 'selecting' }],
      ['10:00:05.000', { kind: 'joined', party: juno }],
      ['10:00:29.000', { kind: 'left', party: juno, finish: 'escalated' }],
      ['10:00:29.000', { kind: 'escalated', party: juno }],
      ['10:00:30.000', { kind: 'transfer_started', transfer: handover }],
      ['10:00:30.000', { kind: 'queued', menu: billing, transfer: handover }],
      ...finished.slice(2, 5),
      ['10:01:05.000', { kind: 'transfer_received', transfer: handover, agent: ann }],
      ...finished.slice(5),
    ]);
    expect(outcome).toMatchObject({ outcome: 'answered', escalations_done: 1, transfers_done: 0 });
    expect(queue_visits).toMatchObject([{ origin: 'escalation', exit: 'answered', transfer_id: 8 }]);
    expect(virtual_agent_legs).toMatchObject([{ outcome: 'escalated', seconds: 24, initiated_by: 'consumer' }]);
    expect(transfers).toMatchObject([{ is_escalation: true, seconds: 35, from_virtual_agent_id: 1 }]);
  });
});

describe('the facts of a whole centre', () => {
  const centre = simulate({ seed: 2, days: 7 });
  const stages = [...centre.callStages(), ...centre.chatStages()];
  const over = stages.filter(({ isLast }) => isLast).map(({ facts }) => facts);

  it('end in one way each', () => {
    const visits = over.flatMap(({ queue_visits }) => queue_visits);
    expect(visits.length).toBeGreaterThan(4000);
    expect(over.every(({ outcome }) => outcome.queue_visits === 0 || outcome.has_queue)).toBe(true);
    const legsOfVisits = over.flatMap(({ agent_legs }) => agent_legs.filter((leg) => leg.visit_no !== null));
    expect(visits.filter(({ exit }) => exit === 'answered')).toHaveLength(legsOfVisits.length);
  });

  it('have no visits of one session that overlap', () => {
    const overlapping = over.filter(({ queue_visits }) =>
      queue_visits.some((visit, index) => {
        const before = queue_visits[index - 1];
        return before !== undefined && Number(new Date(before.left_at ?? '')) > Date.parse(visit.entered_at ?? '');
      }),
    );
    expect(overlapping).toEqual([]);
  });
});

describe('the comparison of facts', () => {
  const expected = facts(finished);

  it('finds nothing in equal facts', () => {
    expect(compareFacts(1, expected, facts(finished))).toEqual([]);
    expect(countFields(expected)).toBe(
      [expected.outcome, ...expected.queue_visits, ...expected.agent_legs].flatMap(Object.keys).length,
    );
  });

  it('names session, fact and field of each difference', () => {
    const [visit] = expected.queue_visits;
    const [leg] = expected.agent_legs;
    const computed = {
      ...expected,
      outcome: { ...expected.outcome, outcome: 'failed' },
      queue_visits: [{ ...visit, seconds: 30.4 }],
      agent_legs: [leg, leg],
    } as SessionFacts;
    const length = { session_id: 1, fact: 'agent_legs', field: 'length', expected: 1, computed: 2 };
    const outcome = { session_id: 1, fact: 'outcome', field: 'outcome', expected: 'answered', computed: 'failed' };
    expect(compareFacts(1, expected, computed)).toEqual([
      outcome,
      { session_id: 1, fact: 'queue_visits[0]', field: 'seconds', expected: 30, computed: 30.4 },
      length,
    ]);
    expect(compareFacts(1, expected, computed, 0.5)).toEqual([outcome, length]);
  });

  it('is needed for each record: the record of a call has what its facts say', () => {
    const call = story(finished);
    const record = renderCall(call, noon('23:00:00'), createVisibility(call));
    expect(record.queue_durations).toMatchObject([{ queue_duration: 30, agent_id: ann.id }]);
    expect(record.handle_durations).toMatchObject([{ id: 1, call_duration: 300, hold_duration: 45, acw_duration: 50 }]);
  });
});
