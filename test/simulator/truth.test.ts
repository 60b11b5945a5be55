import { describe, expect, it } from 'vitest';
import type { CallFamily, CallStory, Happening, Party } from '../../simulator/call-story.ts';
import type { Collection } from '../../simulator/collections.ts';
import { QUEUES } from '../../simulator/menus.ts';
import type { CallTraits } from '../../simulator/oddities.ts';
import { hireAll } from '../../simulator/people.ts';
import { Random } from '../../simulator/random.ts';
import { simulate } from '../../simulator/simulation.ts';
import { computeTruth, ROUNDING_TOLERANCE } from '../../simulator/truth.ts';
import { countRows } from '../support/count-rows.ts';

const METRICS = Object.keys(ROUNDING_TOLERANCE);
const [ann, bob] = hireAll(2, { startMs: 0, endMs: 86_400_000 }, new Random(1)) as [Party['agent'], Party['agent']];
const menu = QUEUES[0] as (typeof QUEUES)[number];
const end = 'disconnected_by_end_user';

const traits: CallTraits = {
  clock: 'Z',
  rating: 'integer',
  agentNumber: 'string',
  transfersWhenNone: 'empty',
  hiddenAsWord: false,
  extraKeys: true,
  dropsNullAgent: false,
  legacyClassName: false,
  newVocabulary: true,
  endField: 'ends_at',
  endHidden: false,
  connectingShown: false,
  assignedHidden: false,
  durationField: 'call_duration',
  holdField: 'shown',
  participants: 'shown',
  openRow: false,
  receiverUnnamed: false,
  durationRowsMissing: false,
  transferTimes: false,
};
const noon = (clock: string) => Date.parse(`2026-11-03T${clock}Z`);
type Told = readonly [clock: string, happening: Happening];

function story(told: readonly Told[], oddities: Partial<CallTraits> = {}, family: CallFamily = 'ivr'): CallStory {
  const events = told.map(([clock, happening]) => ({ ...happening, at: noon(clock) })).toSorted((a, b) => a.at - b.at);
  return {
    id: 1,
    parentId: null,
    family,
    callType: 'Voice Inbound (IVR)',
    sessionType: null,
    endUserId: 1,
    preview: false,
    traits: { ...traits, ...oddities },
    events,
  };
}

const agent = (id: number, who: Party['agent']): Party => ({ id, type: 'agent', agent: who });
const a = agent(1, ann);
const b = agent(2, bob);
const third: Party = { id: 3, type: 'third_party', agent: null };

/** The finished call of the rules' vectors: created 10:00:00, queued :30, assigned 10:01:00, connected :05, 300 s, 45 s on hold. */
const finished: readonly Told[] = [
  ['10:00:00.000', { kind: 'created', status: 'selecting' }],
  ['10:00:30.000', { kind: 'queued', menu }],
  ['10:01:00.000', { kind: 'assigned', agent: ann as NonNullable<Party['agent']> }],
  ['10:01:00.000', { kind: 'invited', party: a }],
  ['10:01:02.000', { kind: 'connecting', status: 'connecting' }],
  ['10:01:05.000', { kind: 'joined', party: a }],
  ['10:01:05.000', { kind: 'connected', status: 'connected' }],
  ['10:02:00.000', { kind: 'held', agent: ann as NonNullable<Party['agent']> }],
  ['10:02:45.000', { kind: 'resumed', agent: ann as NonNullable<Party['agent']> }],
  ['10:06:05.000', { kind: 'left', party: a }],
  ['10:06:05.000', { kind: 'ended', status: 'finished', failReason: 'nothing', by: end }],
];

/** Metrics that have something to say, as `seconds status`. */
function told(call: CallStory, clock = '23:00:00') {
  const { metrics } = computeTruth(call, noon(clock));
  return Object.fromEntries(METRICS.map((name) => [name, `${metrics[name]?.seconds ?? '-'} ${metrics[name]?.status}`]));
}

const none = '- not_applicable';
const pending = '- pending';
const plain = {
  billing_time: '365 ok',
  call_time: '365 ok',
  ivr_time: '30 ok',
  queue_time: '35 ok',
  wait_time: '35 ok',
  handle_time: '300 ok',
  transfer_time: none,
  conference_time: none,
  third_party_talk_time: none,
  ring_time: '5 approximate',
  talk_time: '255 ok',
  hold_time: '45 ok',
};

describe('ground truth of hand-made calls', () => {
  it('measures a plain inbound call', () => {
    expect(told(story(finished))).toEqual(plain);
  });

  it('gives twelve metrics with a tolerance each, exact unless whole seconds are involved', () => {
    expect(METRICS).toHaveLength(12);
    expect(Object.entries(ROUNDING_TOLERANCE).filter(([, tolerance]) => tolerance > 0)).toEqual([
      ['talk_time', 1],
      ['hold_time', 0.5],
    ]);
  });

  it('adds a transfer and the time that both agents are on the line', () => {
    const transfer = { id: 9, from: ann as NonNullable<Party['agent']>, toAgent: bob, toMenu: null, cold: false };
    const more: readonly Told[] = [
      ['10:03:40.000', { kind: 'transfer_started', transfer }],
      ['10:03:40.000', { kind: 'invited', party: b }],
      ['10:04:00.000', { kind: 'joined', party: b }],
      ['10:04:00.000', { kind: 'transfer_received', transfer, agent: bob as NonNullable<Party['agent']> }],
      ['10:06:05.000', { kind: 'left', party: b }],
    ];
    expect(told(story([...finished, ...more]))).toEqual({
      ...plain,
      transfer_time: '20 ok',
      conference_time: '125 ok',
    });
    expect(told(story([...finished, ...more], { openRow: true }))).toMatchObject({
      conference_time: '125 approximate',
    });
    expect(told(story([...finished, ...more], { participants: 'missing' }))).toMatchObject({
      transfer_time: '- missing_input',
      conference_time: none,
    });
    expect(told(story([...finished, ...more]), '10:05:00')).toMatchObject({
      transfer_time: pending,
      conference_time: pending,
    });
  });

  it('ignores a transfer without a receiver', () => {
    const transfer = { id: 9, from: ann as NonNullable<Party['agent']>, toAgent: bob, toMenu: null, cold: false };
    const more: readonly Told[] = [
      ['10:03:40.000', { kind: 'transfer_started', transfer }],
      ['10:03:50.000', { kind: 'transfer_failed', transfer, reason: 'ag_ignored' }],
    ];
    expect(told(story([...finished, ...more]))).toEqual(plain);
  });

  it('measures a third party while an agent is there', () => {
    const more: readonly Told[] = [
      ['10:05:00.000', { kind: 'joined', party: third }],
      ['10:05:30.000', { kind: 'left', party: third }],
    ];
    expect(told(story([...finished, ...more]))).toEqual({ ...plain, third_party_talk_time: '30 ok' });
  });

  it('does not count an agent who leaves and returns as a conference', () => {
    const again = agent(4, ann);
    const more: readonly Told[] = [
      ['10:05:00.000', { kind: 'joined', party: again }],
      ['10:06:05.000', { kind: 'left', party: again }],
    ];
    expect(told(story([...finished, ...more]))).toEqual(plain);
  });

  it('includes what the record leaves out', () => {
    expect(told(story(finished, { connectingShown: true }))).toMatchObject({ ring_time: '3 ok' });
    expect(told(story(finished, { assignedHidden: true }))).toMatchObject({ ring_time: '- missing_input' });
    expect(told(story(finished, { durationField: 'none' }))).toMatchObject({
      talk_time: '- missing_input',
      hold_time: '45 ok',
    });
    expect(told(story(finished, { holdField: 'null' }))).toMatchObject({
      talk_time: '300 approximate',
      hold_time: '- missing_input',
    });
    expect(told(story(finished, { endHidden: true }))).toMatchObject({
      billing_time: '- missing_input',
      handle_time: '- missing_input',
      talk_time: '255 ok',
    });
  });

  it('is pending for what an open call may still have', () => {
    expect(told(story(finished), '10:00:10')).toEqual(Object.fromEntries(METRICS.map((name) => [name, pending])));
    expect(told(story(finished), '10:00:45')).toMatchObject({
      ivr_time: '30 ok',
      queue_time: pending,
      ring_time: pending,
    });
    expect(told(story(finished), '10:03:00')).toMatchObject({
      queue_time: '35 ok',
      ring_time: '5 approximate',
      handle_time: pending,
      talk_time: pending,
    });
    expect(told(story(finished, { assignedHidden: true }), '10:03:00')).toMatchObject({ ring_time: pending });
    expect(told(story(finished, {}, 'outbound'), '10:00:10')).toMatchObject({
      ivr_time: none,
      queue_time: none,
      wait_time: none,
      ring_time: pending,
    });
    expect(told(story(finished, {}, 'mobile'), '10:00:45')).toMatchObject({ ivr_time: none, queue_time: pending });
  });

  it('measures a call abandoned in the queue', () => {
    const abandoned: readonly Told[] = [
      ...finished.slice(0, 2),
      ['10:01:00.000', { kind: 'ended', status: 'failed', failReason: 'eu_abandoned', by: end }],
    ];
    const expected = {
      ...Object.fromEntries(METRICS.map((name) => [name, none])),
      billing_time: '60 ok',
      call_time: '60 ok',
      ivr_time: '30 ok',
    };
    expect(told(story(abandoned))).toEqual(expected);
  });

  it('clamps a queue clock that is off by less than a second', () => {
    const skewed = finished.map(
      ([clock, one]): Told => [clock, one.kind === 'connected' ? { ...one, queueClock: noon('10:01:05.400') } : one],
    );
    expect(told(story(skewed))).toMatchObject({
      queue_time: '0 approximate',
      wait_time: '0 approximate',
      ivr_time: '65.4 ok',
    });
  });

  it('treats a deflected call as over before its end is known', () => {
    const deflected: readonly Told[] = [
      ...finished.slice(0, 1),
      ['10:00:20.000', { kind: 'deflected', deflection: 'after_hours_message_only' }],
      ['10:00:40.000', { kind: 'ended', status: 'deflected', failReason: 'nothing', by: end }],
    ];
    expect(told(story(deflected), '10:00:30')).toMatchObject({ call_time: '- missing_input', ivr_time: none });
    expect(told(story(deflected))).toMatchObject({ call_time: '40 ok', ivr_time: none });
  });
});

describe('ground truth of a whole centre', () => {
  const centre = simulate({ seed: 2, days: 7 });

  it('has every status that a working platform produces', () => {
    const seen = new Set<string>();
    for (const at of [centre.startMs + 34 * 3_600_000, centre.endMs]) {
      for (const call of centre.truth(at).calls.values()) {
        for (const [name, { status, seconds }] of Object.entries(call.metrics)) {
          seen.add(`${name} ${status}`);
          expect(seconds === null).toBe(status !== 'ok' && status !== 'approximate');
          if (seconds !== null) expect(seconds).toBeGreaterThanOrEqual(0);
        }
      }
    }
    for (const metric of ['billing_time', 'handle_time', 'ring_time', 'talk_time', 'hold_time']) {
      for (const status of ['ok', 'pending', 'missing_input']) expect(seen).toContain(`${metric} ${status}`);
    }
    for (const pair of [
      'queue_time approximate',
      'ring_time approximate',
      'talk_time approximate',
      'conference_time approximate',
      'transfer_time ok',
      'third_party_talk_time ok',
    ]) {
      expect(seen).toContain(pair);
    }
  });

  it('counts what the records hold', () => {
    const at = centre.startMs + 80 * 3_600_000;
    const { calls, counts } = centre.truth(at);
    expect(calls.size).toBe(counts.call);
    expect(counts.chat).toBe(centre.records('chats', at).length);
    expect(counts.agent_status_history).toBe(centre.records('agent_activity_logs', at).length);
    expect(counts.team_tree).toBe(counts.team);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
    expect(Object.keys(counts)).toHaveLength(15);
  });

  it('counts as many records as there are at the places that the catalog names', () => {
    const at = centre.startMs + 80 * 3_600_000;
    const read = (path: string) => [...centre.records(path.slice(1) as Collection, at)];
    expect(countRows(read)).toMatchObject(centre.truth(at).counts);
  });
});
