import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import {
  agent,
  at,
  type Call,
  CONNECTED,
  FINISHED,
  finishedWith,
  INBOUND_ABANDONED,
  row,
  transfer,
} from './fixtures/calls.ts';

/** Segments in one line each: `kind start-end seconds ...`, times of the day only. */
const shown = (call: Call) =>
  computeCallSegments(call).segments.map(({ kind, start, end, seconds, ...rest }) =>
    [
      kind,
      start === undefined ? null : `${start.slice(11, -1)}-${end?.slice(11, -1) ?? ''}`,
      seconds ?? null,
      ...Object.entries(rest).map(([key, value]) => `${key}=${value}`),
    ]
      .filter((part) => part !== null)
      .join(' ')
      .replaceAll('.000', ''),
  );

const MENU_QUEUE_RING = ['ivr 10:00:00-10:00:30 30', 'queue 10:00:30-10:01:05 35', 'ring 10:01:00-10:01:05 5'];
const TALK_HOLD = ['talk 10:01:05-10:06:05 255', 'hold 45'];

const ended = { ...FINISHED, status: 'failed', connected_at: null, assigned_at: null, participants: [] };
const inMenu = { ...ended, queued_at: null, fail_reason: 'eu_in_menu_abandoned' };

describe('the segments of a finished call', () => {
  it('are in order, with the hold at the end', () => {
    expect(computeCallSegments(FINISHED).segments).toEqual([
      { kind: 'ivr', start: '2019-06-07T10:00:00.000Z', end: '2019-06-07T10:00:30.000Z', seconds: 30 },
      { kind: 'queue', start: '2019-06-07T10:00:30.000Z', end: '2019-06-07T10:01:05.000Z', seconds: 35 },
      { kind: 'ring', start: '2019-06-07T10:01:00.000Z', end: '2019-06-07T10:01:05.000Z', seconds: 5 },
      { kind: 'talk', start: '2019-06-07T10:01:05.000Z', end: '2019-06-07T10:06:05.000Z', seconds: 255 },
      { kind: 'hold', seconds: 45 },
    ]);
  });

  it('include transfers with their receiver, conferences and talks of third parties', () => {
    const rows = [
      agent(2, '10:02:00', '10:03:00'),
      agent(3, '10:04:00', '10:05:00'),
      row('third_party', '10:03:30', '10:04:30'),
    ];
    const call = finishedWith(rows, [transfer('10:03:40', 3), transfer('10:01:50', null)]);
    expect(shown(call)).toEqual([
      ...MENU_QUEUE_RING,
      'talk 10:01:05-10:06:05 255',
      'transfer 10:01:50-10:02:00 10 participant=602 user=2',
      'conference 10:02:00-10:03:00 60',
      'third_party 10:03:30-10:04:30 60',
      'transfer 10:03:40-10:04:00 20 participant=603 user=3',
      'conference 10:04:00-10:05:00 60',
      'hold 45',
    ]);
  });

  it('are one conference while agents replace each other, and none where a third party comes as the agent goes', () => {
    const replaced = finishedWith([agent(2, '10:02:00', '10:03:00'), agent(3, '10:03:00', '10:04:00')]);
    expect(shown(replaced).filter((segment) => segment.startsWith('conference'))).toEqual([
      'conference 10:02:00-10:04:00 120',
    ]);
    const missed = {
      ...FINISHED,
      participants: [agent(1, '10:01:05', '10:05:00'), row('third_party', '10:05:00', '10:06:00')],
    };
    expect(shown(missed)).toEqual([...MENU_QUEUE_RING, ...TALK_HOLD]);
  });

  it('do not show a hold that is zero or unknown', () => {
    expect(shown({ ...FINISHED, hold_duration: 0 })).toEqual([...MENU_QUEUE_RING, 'talk 10:01:05-10:06:05 300']);
    expect(shown({ ...FINISHED, hold_duration: null })).toEqual([...MENU_QUEUE_RING, 'talk 10:01:05-10:06:05 300']);
    expect(shown({ ...FINISHED, hold_duration: 0.001 }).at(-1)).toBe('hold 0.001');
  });

  it('show a talk whose length is not known', () => {
    expect(shown({ ...FINISHED, call_duration: null })).toEqual([
      ...MENU_QUEUE_RING,
      'talk 10:01:05-10:06:05',
      'hold 45',
    ]);
  });

  it('leave out what is unknown instead of showing null', () => {
    const talkOf = (call: Call) => computeCallSegments(call).segments.find(({ kind }) => kind === 'talk');
    const start = '2019-06-07T10:01:05.000Z';
    const end = '2019-06-07T10:06:05.000Z';
    expect(talkOf(FINISHED)).toStrictEqual({ kind: 'talk', start, end, seconds: 255 });
    expect(talkOf({ ...FINISHED, call_duration: null })).toStrictEqual({ kind: 'talk', start, end });
    expect(talkOf({ ...FINISHED, ends_at: null })).toStrictEqual({ kind: 'talk', start, seconds: 255 });
    expect(talkOf({ ...FINISHED, ends_at: null, call_duration: null })).toStrictEqual({ kind: 'talk', start });
  });

  it('show a talk whose end is not known', () => {
    expect(shown({ ...FINISHED, ends_at: null })).toEqual([...MENU_QUEUE_RING, 'talk 10:01:05- 255', 'hold 45']);
    expect(shown({ ...FINISHED, ends_at: null, call_duration: null })).toEqual([
      ...MENU_QUEUE_RING,
      'talk 10:01:05-',
      'hold 45',
    ]);
  });

  it('leave out what the family of the call does not have', () => {
    expect(shown({ ...FINISHED, call_type: 'Voice Outbound' })).toEqual([...MENU_QUEUE_RING.slice(2), ...TALK_HOLD]);
    expect(shown({ ...FINISHED, call_type: 'Voice Campaign' })).toEqual([...MENU_QUEUE_RING.slice(1), ...TALK_HOLD]);
    expect(shown({ ...FINISHED, call_type: 'Something' })).toEqual([...MENU_QUEUE_RING, ...TALK_HOLD]);
  });

  it('leave out what has no known start', () => {
    expect(shown({ ...FINISHED, created_at: null })).toEqual([...MENU_QUEUE_RING.slice(1), ...TALK_HOLD]);
    expect(shown({ ...FINISHED, queued_at: null })).toEqual([...MENU_QUEUE_RING.slice(2), ...TALK_HOLD]);
    expect(shown({ ...FINISHED, assigned_at: null })).toEqual([...MENU_QUEUE_RING.slice(0, 2), ...TALK_HOLD]);
    expect(shown(finishedWith([], [{ status: 'transferred' }]))).toEqual([...MENU_QUEUE_RING, ...TALK_HOLD]);
  });

  it('have no length if a skew is clamped', () => {
    expect(shown({ ...FINISHED, queued_at: at('10:01:05.400') })).toEqual([
      'ivr 10:00:00-10:01:05.400 65.4',
      'ring 10:01:00-10:01:05 5',
      'talk 10:01:05-10:06:05 255',
      'queue 10:01:05.400-10:01:05.400 0',
      'hold 45',
    ]);
  });

  it('have no end if it contradicts the start', () => {
    expect(shown({ ...FINISHED, queued_at: at('10:01:06') })).toEqual([
      'ivr 10:00:00-10:01:06 66',
      'ring 10:01:00-10:01:05 5',
      'talk 10:01:05-10:06:05 255',
      'queue 10:01:06-',
      'hold 45',
    ]);
    expect(shown({ ...FINISHED, ends_at: at('10:01:04') }).at(-2)).toBe('talk 10:01:05- 255');
  });

  it('keep the order of the kinds at the same time', () => {
    const now = at('10:00:00');
    const call = { ...FINISHED, queued_at: now, assigned_at: now, connected_at: now, ends_at: now, participants: [] };
    expect(
      shown({ ...call, transfers: [transfer('10:00:00', null, 'failed')], hold_duration: 0, call_duration: 0 }),
    ).toEqual([
      'ivr 10:00:00-10:00:00 0',
      'queue 10:00:00-10:00:00 0',
      'ring 10:00:00-10:00:00 0',
      'talk 10:00:00-10:00:00 0',
      'transfer 10:00:00-10:00:00 0 outcome=failed',
    ]);
  });
});

describe('a transfer', () => {
  const last = (call: Call) => shown(call).at(-2);

  it.each([
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['canceled', 'cancelled'],
    ['transferring', 'unanswered'],
    ['expired', 'unanswered'],
    [null, 'unanswered'],
  ])('with the status %s and no receiver lasts until the call ends, with the outcome %s', (status, outcome) => {
    const made = { ...transfer('10:03:00', 3), status };
    expect(last(finishedWith([], [made]))).toBe(`transfer 10:03:00-10:06:05 185 user=3 outcome=${outcome}`);
    expect(last(finishedWith([], [{ ...made, to_agent: null }]))).toBe(
      `transfer 10:03:00-10:06:05 185 outcome=${outcome}`,
    );
  });

  it('that failed ends with the next one, which its agent receives', () => {
    const transfers = [transfer('10:03:00', 3, 'failed'), transfer('10:03:30', 3)];
    const lines = shown(finishedWith([agent(3, '10:03:45', '10:05:00')], transfers));
    expect(lines).toContain('transfer 10:03:00-10:03:30 30 user=3 outcome=failed');
    expect(lines).toContain('transfer 10:03:30-10:03:45 15 participant=603 user=3');
  });

  it('that failed ends when the agent who made it is back', () => {
    const failed = { ...transfer('10:03:00', 3, 'failed'), from_agent: { id: 1 } };
    expect(shown(finishedWith([agent(1, '10:03:20', '10:06:05', 7)], [failed]))).toContain(
      'transfer 10:03:00-10:03:20 20 user=3 outcome=failed',
    );
  });

  it('that failed and is not followed by anything is open as long as the call is', () => {
    const failed = transfer('10:03:00', 3, 'failed');
    expect(shown({ ...CONNECTED, transfers: [failed] }).at(-1)).toBe('transfer 10:03:00- user=3');
  });

  it('by a virtual agent that waited in the queue of the call is not listed beside the queue', () => {
    const escalation = { ...transfer('10:00:30', null), from_virtual_agent: { id: 8 }, to_menu: { id: 5 } };
    const call = finishedWith([], [escalation]);
    expect(shown({ ...call, participants: [agent(1, '10:01:05', '10:06:05')] }).join()).not.toContain('transfer');
  });

  it('that succeeded without a known receiver has no end', () => {
    expect(last(finishedWith([], [transfer('10:03:00', 3)]))).toBe('transfer 10:03:00- user=3');
  });

  it('is listed while the call is open', () => {
    const rows = [agent(1, '10:01:05'), agent(2, '10:02:00')];
    const transfers = [transfer('10:01:50', 2), transfer('10:02:50', 3, 'transferring')];
    expect(shown({ ...CONNECTED, participants: rows, transfers })).toEqual([
      ...MENU_QUEUE_RING,
      'talk 10:01:05-',
      'transfer 10:01:50-10:02:00 10 participant=602 user=2',
      'transfer 10:02:50- user=3',
    ]);
  });

  it('names its receiver as far as it is known', () => {
    const call = finishedWith([{ ...agent(null, '10:05:00', '10:05:00'), id: 'x' }], [transfer('10:04:00', null)]);
    expect(last(call)).toBe('transfer 10:04:00-10:05:00 60');
  });

  it('has no length if a skew is clamped', () => {
    expect(last(finishedWith([agent(2, '10:06:05', '10:06:05')], [transfer('10:06:05.5', 2)]))).toBe(
      'transfer 10:06:05.500-10:06:05.500 0 participant=602 user=2',
    );
  });
});

describe('an unanswered call', () => {
  it('shows its queue up to the end of the call', () => {
    expect(shown(ended)).toEqual(['ivr 10:00:00-10:00:30 30', 'queue 10:00:30-10:06:05 335']);
  });

  it('says that the caller hung up, or that the call was deflected', () => {
    const queueOf = (changes: Call) => shown({ ...ended, ...changes }).at(-1);
    expect(queueOf({ fail_reason: 'eu_abandoned' })).toBe('queue 10:00:30-10:06:05 335 outcome=abandoned');
    expect(queueOf({ status: 'deflected' })).toBe('queue 10:00:30-10:06:05 335 outcome=deflected');
    expect(queueOf({ status: 'deflected', ends_at: null })).toBe('queue 10:00:30- outcome=deflected');
    expect(queueOf({ fail_reason: 'eu_abandoned', ends_at: at('10:00:00') })).toBe('queue 10:00:30- outcome=abandoned');
  });

  it('shows no outcome of a queue that ended with an answer', () => {
    expect(shown({ ...FINISHED, fail_reason: 'eu_abandoned', status: 'deflected' })).toEqual([
      ...MENU_QUEUE_RING,
      ...TALK_HOLD,
    ]);
  });

  it('shows no queue if its family has none', () => {
    expect(shown({ ...INBOUND_ABANDONED, call_type: 'Voice Outbound' })).toEqual([]);
  });

  it('shows no ring: its length is unknown', () => {
    expect(shown({ ...ended, assigned_at: at('10:01:00') })).toEqual(shown(ended));
  });

  it('shows the menu that the caller left', () => {
    expect(shown(inMenu)).toEqual(['ivr 10:00:00-10:06:05 365 outcome=abandoned']);
    expect(shown({ ...inMenu, ends_at: null })).toEqual(['ivr 10:00:00- outcome=abandoned']);
    expect(shown({ ...inMenu, created_at: null })).toEqual([]);
    expect(shown({ ...inMenu, fail_reason: 'nothing' })).toEqual([]);
    expect(shown({ ...inMenu, assigned_at: at('10:01:00') })).toEqual([]);
    expect(shown({ ...inMenu, connected_at: at('10:01:00'), hold_duration: 0 })).toEqual([
      'talk 10:01:00-10:06:05 300',
    ]);
    expect(shown({ ...inMenu, call_type: 'Voice Inbound (App)' })).toEqual([]);
    expect(shown({ ...inMenu, call_type: 'Something' })).toEqual([]);
  });
});

describe('an open call', () => {
  it('shows what is still running without an end', () => {
    const selecting = { ...CONNECTED, status: 'selecting', queued_at: null, assigned_at: null, connected_at: null };
    expect(shown(selecting)).toEqual(['ivr 10:00:00-']);
    expect(shown({ ...selecting, queued_at: at('10:00:30') })).toEqual(['ivr 10:00:00-10:00:30 30', 'queue 10:00:30-']);
    expect(shown({ ...CONNECTED, connected_at: null })).toEqual([
      'ivr 10:00:00-10:00:30 30',
      'queue 10:00:30-',
      'ring 10:01:00-',
    ]);
    expect(shown(CONNECTED)).toEqual([...MENU_QUEUE_RING, 'talk 10:01:05-']);
  });

  it('has no outcome yet', () => {
    expect(shown({ ...CONNECTED, connected_at: null, fail_reason: 'nothing' }).join()).not.toContain('outcome');
  });

  it('shows no menu when it has left it, or need not have one', () => {
    const unqueued = { ...CONNECTED, queued_at: null };
    expect(shown(unqueued)).toEqual(['ring 10:01:00-10:01:05 5', 'talk 10:01:05-']);
    expect(shown({ ...unqueued, connected_at: null })).toEqual(['ring 10:01:00-']);
    expect(shown({ ...unqueued, assigned_at: null })).toEqual(['talk 10:01:05-']);
    const nothingYet = { ...unqueued, assigned_at: null, connected_at: null };
    expect(shown({ ...nothingYet, call_type: 'Something' })).toEqual([]);
    expect(shown({ ...nothingYet, call_type: 'Voice Inbound (App)' })).toEqual([]);
  });

  it('shows conferences and talks of third parties only when it is over', () => {
    const participants = [
      agent(1, '10:01:05', '10:05:00'),
      agent(2, '10:02:00', '10:03:00'),
      row('third_party', '10:02:00', '10:03:00'),
    ];
    expect(shown({ ...CONNECTED, participants })).toEqual([...MENU_QUEUE_RING, 'talk 10:01:05-']);
  });
});
