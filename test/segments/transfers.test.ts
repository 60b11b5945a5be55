import { describe, expect, it } from 'vitest';
import { readObjects } from '../../lambdas/segments/record-reader.ts';
import { agent, at, type Call, CONNECTED, FINISHED, finishedWith, row, transfer } from './fixtures/calls.ts';
import { anomaliesOf, CONNECTED_METRICS, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

/** Transfer time of the finished call; all other metrics but the conference must be as they were. */
function transferTime(rows: readonly Call[], transfers: readonly Call[]): string {
  const call = finishedWith(rows, transfers);
  const { transfer_time, ...others } = metricsOf(call);
  expect({ ...others, transfer_time: 'not_applicable', conference_time: 'not_applicable' }).toEqual(FINISHED_METRICS);
  expect(anomaliesOf(call)).toEqual(transfer_time === '0 approximate' ? ['clock_skew:transfer_time'] : []);
  return transfer_time;
}

/** Agent n connects at 10:0n and stays to the end. */
const joins = (user: number | null, id?: number) => agent(user, `10:0${user ?? 5}:00`, '10:06:05', id);

describe('transfer time', () => {
  it('is not applicable to a call without transfers, whether they are missing, null, empty or not a list', () => {
    for (const transfers of [undefined, null, [], {}, 'none', 0])
      expect(metricsOf({ ...FINISHED, transfers })).toEqual(FINISHED_METRICS);
  });

  it('waits for the end of an open call, also without transfers', () => {
    const call = { ...CONNECTED, participants: [agent(1, '10:01:05'), joins(3)] };
    expect(metricsOf(call)).toEqual(CONNECTED_METRICS);
    expect(metricsOf({ ...call, transfers: [transfer('10:02:00', 3)] })).toEqual(CONNECTED_METRICS);
  });

  it('ends when the agent it is for is connected', () => {
    expect(transferTime([joins(2), joins(3)], [transfer('10:01:50', 3)])).toBe('70 ok');
  });

  it('is not applicable to a transfer that did not succeed, even if its agent came later', () => {
    for (const status of ['transferring', 'failed', 'cancelled', 'expired'])
      expect(transferTime([joins(3)], [transfer('10:02:00', 3, status)])).toBe('not_applicable');
  });

  it('counts a transfer without a status that was received', () => {
    for (const status of [null, undefined, ''])
      expect(transferTime([joins(3)], [{ ...transfer('10:02:00', 3), status }])).toBe('60 ok');
  });

  it('leaves the receiver of a failed transfer to the one that succeeded', () => {
    const transfers = [transfer('10:02:00', 3, 'failed'), transfer('10:02:30', 3)];
    expect(transferTime([joins(3)], transfers)).toBe('30 ok');
  });

  it('finds an agent whose id drifted to text', () => {
    const drifted = { ...transfer('10:02:00', null), to_agent: { id: '3' } };
    expect(transferTime([joins(3)], [drifted])).toBe('60 ok');
    expect(transferTime([{ ...joins(3), user_id: '3' }], [transfer('10:02:00', 3)])).toBe('60 ok');
  });

  it('adds up all transfers', () => {
    const transfers = [transfer('10:01:50', 2), transfer('10:02:30', 3)];
    expect(transferTime([joins(2), joins(3)], transfers)).toBe('40 ok');
  });

  it('is received by agents only', () => {
    expect(transferTime([{ ...row('end_user', '10:03:00', '10:06:05'), user_id: 3 }], [transfer('10:02:00', 3)])).toBe(
      'missing_input',
    );
    expect(transferTime([row('virtual_agent', '10:03:00', '10:06:05')], [transfer('10:02:00', null)])).toBe(
      'missing_input',
    );
  });

  it('tolerates a receiver who connected less than a second too early', () => {
    expect(transferTime([joins(3)], [transfer('10:03:00.999', 3)])).toBe('0 approximate');
    expect(transferTime([joins(3)], [transfer('10:03:01', 3)])).toBe('missing_input');
    expect(transferTime([joins(3)], [transfer('10:03:00', 3)])).toBe('0 ok');
  });

  it('takes the earliest row of an agent who came twice', () => {
    const rows = [agent(3, '10:05:00', '10:06:05', 5), agent(3, '10:03:00', '10:04:00', 6)];
    expect(transferTime(rows, [transfer('10:02:00', 3)])).toBe('60 ok');
  });

  it('does not take a row that an earlier transfer has taken', () => {
    const rows = [agent(3, '10:03:00', '10:04:00', 5), agent(3, '10:05:00', '10:06:05', 6)];
    expect(transferTime(rows, [transfer('10:02:30', 3), transfer('10:02:00', 3)])).toBe('210 ok');
    expect(transferTime(rows.slice(0, 1), [transfer('10:02:30', 3), transfer('10:02:00', 3)])).toBe('60 approximate');
  });

  it('does not take a row from before the transfer', () => {
    const rows = [agent(3, '10:02:00', '10:02:30', 5), agent(3, '10:05:00', '10:06:05', 6)];
    expect(transferTime(rows, [transfer('10:04:00', 3)])).toBe('60 ok');
  });
});

describe('a transfer to no agent in particular', () => {
  it('is received by the first agent who connects', () => {
    expect(transferTime([joins(3), joins(2)], [transfer('10:01:30', null)])).toBe('30 ok');
    expect(transferTime([joins(null)], [transfer('10:04:00', null)])).toBe('60 ok');
    expect(transferTime([joins(2)], [transfer('10:02:00', null)])).toBe('0 ok');
  });

  it('is not received by an agent who connected before it, even by a millisecond', () => {
    expect(transferTime([joins(2)], [transfer('10:02:00.001', null)])).toBe('missing_input');
    expect(transferTime([joins(2), joins(3)], [transfer('10:02:00.001', null)])).toBe('59.999 ok');
  });

  it('is not received by an agent whom an earlier transfer has taken', () => {
    expect(transferTime([joins(2), joins(3)], [transfer('10:01:30', null), transfer('10:01:20', 2)])).toBe('130 ok');
  });

  it('leaves the named agent to a transfer of the same moment', () => {
    const transfers = [transfer('10:01:30', null), transfer('10:01:30', 2)];
    expect(transferTime([joins(2), joins(3)], transfers)).toBe('120 ok');
    expect(transferTime([joins(2), joins(3)], transfers.toReversed())).toBe('120 ok');
  });
});

describe('a transfer to something other than an agent', () => {
  const toVirtualAgent = { ...transfer('10:02:00', null), to_virtual_agent: { id: 8 } };
  const toNumber = { ...transfer('10:02:00', null), to_number: '+15551234567' };

  it('is received by a virtual agent', () => {
    expect(transferTime([row('virtual_agent', '10:02:10', '10:03:00')], [toVirtualAgent])).toBe('10 ok');
    expect(transferTime([row('virtual_agent', '10:01:10', '10:03:00')], [toVirtualAgent])).toBe('not_applicable');
  });

  it('is received by a third party', () => {
    const call = finishedWith([row('third_party', '10:02:20', '10:03:00')], [toNumber]);
    expect(metricsOf(call)).toMatchObject({ transfer_time: '20 ok' });
  });

  it('lacks nothing if the API shows no row of what it went to', () => {
    expect(transferTime([], [toVirtualAgent])).toBe('not_applicable');
    expect(transferTime([], [toNumber])).toBe('not_applicable');
  });

  it('takes no agent', () => {
    expect(transferTime([joins(3)], [toVirtualAgent, transfer('10:02:30', null)])).toBe('30 ok');
  });

  it('to a queue is received by the agent who connects next', () => {
    for (const to of [{ to_menu: { id: 5 } }, { to_menu_path: '1/5' }, { to_menu_path: { name: 'x' } }])
      expect(transferTime([joins(3)], [{ ...transfer('10:02:00', null), ...to }])).toBe('60 ok');
    expect(transferTime([], [{ ...transfer('10:02:00', null), to_menu: { id: 5 } }])).toBe('missing_input');
  });
});

describe('an escalation by a virtual agent', () => {
  const escalation = (created: string) => ({ ...transfer(created, null), from_virtual_agent: { id: 8 } });

  it('adds nothing if its seconds are those of the queue', () => {
    expect(transferTime([], [escalation('10:00:30')])).toBe('not_applicable');
  });

  it('counts if it came later', () => {
    expect(transferTime([joins(2)], [escalation('10:01:50')])).toBe('10 ok');
  });

  it('to another virtual agent is a transfer', () => {
    const onwards = { ...escalation('10:00:40'), to_virtual_agent: { id: 9 } };
    expect(transferTime([row('virtual_agent', '10:00:50', '10:01:00')], [onwards])).toBe('10 ok');
  });
});

describe('a transfer without a receiver', () => {
  it('is not applicable if its status is not a success', () => {
    expect(transferTime([], [transfer('10:02:00', 3, 'failed'), transfer('10:03:00', null, 'transferring')])).toBe(
      'not_applicable',
    );
  });

  it('is missing if its status is a success', () => {
    expect(transferTime([], [transfer('10:02:00', 3)])).toBe('missing_input');
    expect(transferTime([], [transfer('10:02:00', 3, 'failed'), transfer('10:03:00', 3)])).toBe('missing_input');
  });

  it('makes the sum of the others approximate if its status is a success', () => {
    expect(transferTime([joins(2)], [transfer('10:01:30', 2), transfer('10:02:00', 3)])).toBe('30 approximate');
    expect(transferTime([joins(2)], [transfer('10:01:30', 2), transfer('10:02:00', 3, 'failed')])).toBe('30 ok');
  });

  it('yields to a transfer of the same moment that succeeded', () => {
    const transfers = [transfer('10:01:30', 2, 'failed'), transfer('10:01:30', 2)];
    expect(transferTime([joins(2)], transfers)).toBe('30 ok');
    expect(transferTime([joins(2)], transfers.toReversed())).toBe('30 ok');
  });

  it.each([null, 'soon'])('may have no readable time: %s', (created_at) => {
    const timeless = { ...transfer('10:02:00', 2), created_at };
    const anomalies = created_at === null ? [] : ['bad_timestamp:transfers[].created_at'];
    const alone = finishedWith([joins(2)], [timeless]);
    expect(metricsOf(alone)).toMatchObject({ transfer_time: 'missing_input' });
    expect(anomaliesOf(alone)).toEqual(anomalies);
    expect(metricsOf(finishedWith([joins(2)], [{ ...timeless, status: 'failed' }]))).toMatchObject({
      transfer_time: 'not_applicable',
    });
    // It takes no receiver from a transfer whose time is known, wherever the API lists it.
    const call = finishedWith([joins(2)], [timeless, transfer('10:01:30', 2)]);
    expect(metricsOf(call)).toMatchObject({ transfer_time: '30 approximate' });
    expect(anomaliesOf(call)).toEqual(anomalies);
  });
});

describe('clock skew', () => {
  it('clamps the transfer it concerns and leaves the others', () => {
    const call = finishedWith([joins(2), joins(3)], [transfer('10:02:00.5', 2), transfer('10:02:30', 3)]);
    expect(metricsOf(call)).toMatchObject({ transfer_time: '30 approximate' });
    expect(anomaliesOf(call)).toEqual(['clock_skew:transfer_time']);
  });

  it('is no anomaly of a call that is still open', () => {
    const call = { ...CONNECTED, participants: [joins(2)], transfers: [transfer('10:02:00.5', 2)] };
    expect(anomaliesOf(call)).toEqual([]);
  });

  it('is reported once', () => {
    const call = finishedWith([joins(2), joins(3)], [transfer('10:02:00.5', 2), transfer('10:03:00.5', 3)]);
    expect(anomaliesOf(call)).toEqual(['clock_skew:transfer_time']);
  });

  it('does not hide a receiver whose own row contradicts itself', () => {
    const call = finishedWith([agent(2, '10:02:00', '10:01:50')], [transfer('10:01:40', 2)]);
    expect(metricsOf(call)).toEqual({ ...FINISHED_METRICS, transfer_time: '20 ok' });
    expect(anomaliesOf(call)).toEqual(['negative:participant']);
  });
});

it('ignores an unreadable transfer', () => {
  for (const list of [undefined, null, 'none', { 0: {} }, [null, 7]]) expect(readObjects(list)).toEqual([]);
  expect(metricsOf({ ...FINISHED, transfers: [null, 7, 'x', [transfer('10:02:00', 2)]] })).toEqual(FINISHED_METRICS);
  expect(anomaliesOf({ ...FINISHED, transfers: [{ created_at: at('10:99:00') }] })).toEqual([
    'bad_timestamp:transfers[].created_at',
  ]);
});
