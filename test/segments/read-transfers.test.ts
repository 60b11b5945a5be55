import { describe, expect, it } from 'vitest';
import { createInstant } from '../../lambdas/segments/instant.ts';
import { readConnections } from '../../lambdas/segments/participants.ts';
import { isQueueTime, readTransfers, type Transfer } from '../../lambdas/segments/transfers.ts';
import { agent, at, type Call, row } from './fixtures/calls.ts';

const ENDED = createInstant(Date.parse(at('10:06:05')));

const read = (transfers: readonly Call[], participants: readonly Call[] = []) =>
  readTransfers(
    { transfers, participants },
    readConnections(participants, ENDED, []),
    { ended: ENDED, bounds: { from: 0, to: ENDED.time } },
    [],
  );

/** A transfer of agent 1. */
const given = (time: string, changes: Call = {}): Call => ({ created_at: at(time), from_agent: { id: 1 }, ...changes });

describe('what a transfer went to', () => {
  it.each([
    [{ to_agent: { id: 2 }, to_menu: { id: 7 } }, 'agent'],
    [{ to_virtual_agent: { id: 3 }, to_menu: { id: 7 } }, 'virtual_agent'],
    [{ to_number: '+1555', to_menu: { id: 7 } }, 'third_party'],
    [{ to_phone_number: '+1555' }, 'third_party'],
    [{ phone_number: '+1555' }, 'third_party'],
    [{ to_menu: { id: 7 } }, 'queue'],
    [{ to_menu_path: 'Main menu / Support' }, 'queue'],
    [{ to_menu_path: { materialized_path: '1/7' } }, 'queue'],
    [{ to_menu: {}, to_menu_path: {}, to_virtual_agent: {}, to_number: '' }, 'unknown'],
    [{ '': '+1555' }, 'unknown'],
    [{}, 'unknown'],
  ])('%j is %s', (changes, target) => {
    expect(read([given('10:01:00', changes)])).toMatchObject([{ target }]);
  });
});

describe('transfers', () => {
  const idsOf = (transfers: readonly Call[]) => read(transfers).map((transfer) => transfer.row.id);

  it.each([
    ['time', { created_at: at('10:01:00') }, { created_at: at('10:02:00') }],
    ['time, unknown times last', { created_at: at('10:01:00') }, { created_at: null }],
    ['receiver', { to_agent: { id: 2 } }, { to_agent: { id: 3 } }],
    ['receiver, unknown ones last', { to_agent: { id: 2 } }, {}],
    ['success', { id: 9, status: 'transferred' }, { id: 1, status: 'failed' }],
    ['success, also after a status that is no end', { id: 9, status: 'transferred' }, { id: 1, status: 'ringing' }],
    ['id', { id: 1 }, { id: 2 }],
    ['status, for want of anything else', { id: 'a', status: 'failed' }, { id: 'b', status: 'ringing' }],
    ['status, none first', { id: 'a' }, { id: 'b', status: 'failed' }],
  ])('are in the order of their %s, however the platform lists them', (_, first, second) => {
    const transfers = [given('10:01:00', { id: 1, ...first }), given('10:01:00', { id: 2, ...second })];
    const ids = transfers.map(({ id }) => id);
    expect(idsOf(transfers)).toEqual(ids);
    expect(idsOf(transfers.toReversed())).toEqual(ids);
  });

  it('to a virtual agent have a receiver beside transfers to agents', () => {
    const participants = [agent(2, '10:02:00', '10:03:00'), row('virtual_agent', '10:04:00', '10:05:00')];
    const [toAgent, toVirtual] = read(
      [given('10:01:30', { to_agent: { id: 2 } }), given('10:03:30', { to_virtual_agent: { id: 8 } })],
      participants,
    );
    expect(toAgent?.receiver).toMatchObject({ user: 2 });
    expect(toVirtual?.receiver).toMatchObject({ participant: 700 });
  });
});

describe('a call continues without a transfer', () => {
  /** Times of day at which the call continued, for each transfer. */
  const resolved = (transfers: readonly Call[], participants: readonly Call[]) =>
    read(transfers, participants).map((transfer) => transfer.resolved?.text.slice(11, 19) ?? null);
  const returns = (time: string, user: number | null = 1) => agent(user, time, '10:06:05');

  it.each([
    ['when the next one is made', ['10:02:00', '10:03:00'], [returns('10:04:00')], ['10:03:00', '10:04:00']],
    ['when the agent who made it returns', ['10:02:00', '10:05:00'], [returns('10:04:00')], ['10:04:00', null]],
    ['never', ['10:02:00'], [], [null]],
    ['not when the agent first came', ['10:02:00'], [returns('10:01:00')], [null]],
    ['not at its own moment', ['10:02:00', '10:02:00'], [returns('10:02:00')], [null, null]],
    ['not when another agent comes', ['10:02:00'], [returns('10:04:00', 5)], [null]],
    ['not at a time that cannot be read', ['10:02:00', 'soon'], [], [null, null]],
  ])('%s', (_, times, participants, expected) => {
    const transfers = times.map((time, id) => ({
      ...given('10:00:00'),
      id,
      created_at: time === 'soon' ? time : at(time),
    }));
    expect(resolved(transfers, participants)).toEqual(expected);
  });

  it('not when an unknown agent returns, if it names no agent', () => {
    expect(resolved([{ created_at: at('10:02:00') }], [returns('10:04:00', null)])).toEqual([null]);
  });
});

describe('the seconds of an escalation are those of the queue', () => {
  const queued = createInstant(Date.parse(at('10:01:00')));
  const connected = createInstant(Date.parse(at('10:02:00')));
  const [escalation] = read(
    [{ created_at: at('10:01:00'), from_virtual_agent: { id: 8 }, to_menu: { id: 7 } }],
    [agent(2, '10:02:00', '10:06:05')],
  );

  it.each([
    [0, 0, true],
    [-999, 999, true],
    [-1_000, 0, false],
    [0, 1_000, false],
    [30_000, -30_000, true],
  ])('if it was made %i ms after the entry and received %i ms after the connection: %s', (made, received, expected) => {
    if (!escalation?.receiver) throw new Error('the escalation has a receiver');
    const transfer: Transfer = {
      ...escalation,
      created: createInstant(queued.time + made),
      receiver: { ...escalation.receiver, connected: createInstant(connected.time + received) },
    };
    expect(isQueueTime(transfer, { queued, connected })).toBe(expected);
    expect(isQueueTime({ ...transfer, isEscalation: false }, { queued, connected })).toBe(false);
    expect(isQueueTime({ ...transfer, created: null }, { queued, connected })).toBe(false);
    expect(isQueueTime({ ...transfer, receiver: null }, { queued, connected })).toBe(false);
    expect(isQueueTime(transfer, { queued: null, connected })).toBe(false);
    expect(isQueueTime(transfer, { queued, connected: null })).toBe(false);
  });
});
