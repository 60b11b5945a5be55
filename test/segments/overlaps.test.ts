import { describe, expect, it } from 'vitest';
import { readPresence } from '../../lambdas/segments/overlaps.ts';
import { readConnections } from '../../lambdas/segments/participants.ts';
import { agent, at, type Call, CONNECTED, FINISHED, finishedWith, row } from './fixtures/calls.ts';
import { anomaliesOf, CONNECTED_METRICS, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

const thirdParty = (connected: string | null, ended: string | null = null) => row('third_party', connected, ended);

/** Conference and third-party talk of the finished call with these rows only; all other metrics must be as they were. */
function overlaps(rows: readonly Call[], anomalies: readonly string[] = []) {
  const call = { ...FINISHED, participants: rows };
  const { conference_time: conference, third_party_talk_time: thirdParty, ...others } = metricsOf(call);
  expect(FINISHED_METRICS).toMatchObject(others);
  expect(anomaliesOf(call)).toEqual(anomalies);
  return { conference, thirdParty };
}

const conference = (rows: readonly Call[], anomalies?: readonly string[]) => {
  const { conference, thirdParty } = overlaps(rows, anomalies);
  expect(thirdParty).toBe('not_applicable');
  return conference;
};

describe('conference time', () => {
  it('is not applicable with fewer than two agents', () => {
    for (const participants of [undefined, null, [], {}, 'agent', [null, 3, 'agent']])
      expect(metricsOf({ ...FINISHED, participants })).toEqual(FINISHED_METRICS);
    expect(conference([agent(1, '10:01:00', '10:05:00')])).toBe('not_applicable');
  });

  it('is the time during which two agents are connected', () => {
    expect(conference([agent(1, '10:01:00', '10:05:00'), agent(2, '10:04:00', '10:06:00')])).toBe('60 ok');
    expect(conference([agent(1, '10:01:00', '10:05:00'), agent(2, '10:02:00', '10:02:30.5')])).toBe('30.5 ok');
  });

  it('counts three agents at once only once', () => {
    const rows = [agent(1, '10:01:00', '10:05:00'), agent(2, '10:02:00', '10:04:00'), agent(3, '10:03:00', '10:06:00')];
    expect(conference(rows)).toBe('180 ok');
  });

  it('continues while agents replace each other', () => {
    const rows = [
      agent(1, '10:01:00', '10:05:00'),
      agent(2, '10:02:00', '10:03:00'),
      agent(3, '10:03:00', '10:04:00'),
      agent(4, '10:04:30', '10:06:00'),
    ];
    expect(conference(rows)).toBe('150 ok');
  });

  it('counts a long stretch that holds a short one', () => {
    const rows = [
      agent(1, '10:01:00', '10:06:00'),
      agent(2, '10:01:30', '10:05:30'),
      agent(3, '10:02:00', '10:03:00'),
      agent(4, '10:04:00', '10:05:00'),
    ];
    expect(conference(rows)).toBe('240 ok');
  });

  it('is 0 for two agents who never met', () => {
    expect(conference([agent(1, '10:01:00', '10:02:00'), agent(2, '10:03:00', '10:04:00')])).toBe('0 ok');
    expect(conference([agent(1, '10:01:00', '10:02:00'), agent(2, '10:02:00', '10:04:00')])).toBe('0 ok');
    expect(conference([agent(1, '10:01:00', '10:03:00'), agent(2, '10:02:00', '10:02:00')])).toBe('0 ok');
  });

  it('counts an agent who leaves and rejoins once', () => {
    expect(conference([agent(1, '10:01:00', '10:03:00', 5), agent(1, '10:02:00', '10:04:00', 6)])).toBe(
      'not_applicable',
    );
    const rejoined = [
      agent(1, '10:01:00', '10:03:00', 5),
      agent(1, '10:02:00', '10:02:30', 6),
      agent(1, '10:03:00', '10:03:30', 7),
      agent(2, '10:02:00', '10:05:00', 8),
      agent(1, '10:04:00', '10:04:10', 9),
    ];
    expect(conference(rejoined)).toBe('100 ok');
  });

  it('treats a user id that drifted to text as the same agent', () => {
    const rows = [agent(1, '10:01:00', '10:03:00'), { ...agent(1, '10:01:00', '10:03:00'), user_id: '1' }];
    expect(conference(rows)).toBe('not_applicable');
  });

  it('counts each agent without a user id as a separate person', () => {
    expect(conference([agent(null, '10:01:00', '10:03:00'), agent(null, '10:02:00', '10:04:00')])).toBe('60 ok');
    expect(conference([agent(null, '10:01:00', '10:03:00'), agent(1, '10:02:00', '10:04:00')])).toBe('60 ok');
  });

  it('ignores a row that never connected', () => {
    expect(conference([agent(1, '10:01:00', '10:03:00'), agent(2, null, '10:04:00')])).toBe('not_applicable');
    const unreadable = { ...agent(2, '10:02:00', '10:03:00'), connected_at: '10:02:00' };
    expect(
      conference([agent(1, '10:01:00', '10:03:00'), unreadable], ['bad_timestamp:participants[].connected_at']),
    ).toBe('not_applicable');
  });

  it('ends a row without an end with the call', () => {
    expect(conference([agent(1, '10:01:05'), agent(2, '10:04:00', '10:05:00')])).toBe('60 approximate');
    expect(conference([agent(1, '10:01:05', '10:06:00'), agent(2, '10:04:00')])).toBe('120 approximate');
    const unreadable = { ...agent(2, '10:04:00'), ended_at: 'later' };
    expect(conference([agent(1, '10:01:05'), unreadable], ['bad_timestamp:participants[].ended_at'])).toBe(
      '125 approximate',
    );
  });

  it('ignores a row that ends before it connects, however little', () => {
    const anomalies = ['negative:participant'];
    expect(conference([agent(1, '10:01:00', '10:03:00'), agent(2, '10:02:00', '10:01:59.999')], anomalies)).toBe(
      'not_applicable',
    );
    // Connected after the call had ended, and never ended itself.
    expect(conference([agent(1, '10:01:00', '10:03:00'), agent(2, '10:06:06')], anomalies)).toBe('not_applicable');
    const rows = [
      agent(1, '10:01:00', '10:03:00'),
      agent(2, '10:02:00', '10:01:00', 5),
      agent(2, '10:02:30', '10:04:00', 6),
    ];
    expect(conference(rows, anomalies)).toBe('30 ok');
  });

  it('reports a missing end of a row if the call has no end either', () => {
    const call = { ...FINISHED, ends_at: null };
    const metrics = {
      ...FINISHED_METRICS,
      billing_time: 'missing_input',
      call_time: 'missing_input',
      handle_time: 'missing_input',
    };
    const closed = [agent(1, '10:01:05', '10:03:00'), agent(2, '10:02:00', '10:04:00')];
    expect(metricsOf({ ...call, participants: closed })).toEqual({ ...metrics, conference_time: '60 ok' });
    const unclosed = [agent(1, '10:01:05', '10:03:00'), agent(2, '10:02:00')];
    expect(metricsOf({ ...call, participants: unclosed })).toEqual({ ...metrics, conference_time: 'missing_input' });
    expect(
      metricsOf({ ...call, participants: [agent(1, '10:01:05', null, 5), agent(1, '10:02:00', null, 6)] }),
    ).toEqual(metrics);
    expect(metricsOf({ ...call, participants: [...closed, thirdParty('10:02:00')] })).toEqual({
      ...metrics,
      conference_time: '60 ok',
      third_party_talk_time: 'missing_input',
    });
    expect(metricsOf({ ...call, participants: [...unclosed, thirdParty('10:02:00', '10:02:30')] })).toEqual({
      ...metrics,
      conference_time: 'missing_input',
      third_party_talk_time: 'missing_input',
    });
  });

  it('treats equal rows without an end as one agent', () => {
    const alike = { ...agent(1, '10:01:05'), id: null };
    const metrics = metricsOf({ ...FINISHED, ends_at: null, participants: [alike, { ...alike }] });
    expect(metrics.conference_time).toBe('not_applicable');
  });

  it('waits for the end of an open call, even if all agents but one have left', () => {
    const participants = [
      agent(1, '10:01:05', '10:03:00'),
      agent(2, '10:02:00', '10:04:00'),
      thirdParty('10:02:00', '10:02:10'),
    ];
    expect(metricsOf({ ...CONNECTED, participants })).toEqual(CONNECTED_METRICS);
    expect(metricsOf({ ...CONNECTED, participants: [] })).toEqual(CONNECTED_METRICS);
  });

  it('reports a row that contradicts itself while the call is open', () => {
    const participants = [agent(1, '10:01:05', '10:01:00'), thirdParty('10:02:00', '10:01:00')];
    expect(anomaliesOf({ ...CONNECTED, participants })).toEqual(['negative:participant']);
  });
});

it('merges rows of a person that touch', () => {
  const anomalies: string[] = [];
  const rows = [agent(1, '10:01:00', '10:03:00', 5), agent(1, '10:03:00', '10:04:00', 6)];
  const { agents } = readConnections(rows, null, anomalies);
  const { people, spans } = readPresence(agents, anomalies);
  expect(people).toBe(1);
  expect(spans.map(({ start, end }) => `${start.text.slice(11, 19)} ${end.text.slice(11, 19)}`)).toEqual([
    '10:01:00 10:04:00',
  ]);
});

describe('third-party talk time', () => {
  const talk = (rows: readonly Call[], anomalies?: readonly string[]) => overlaps(rows, anomalies).thirdParty;
  const ofAgent = agent(1, '10:01:05', '10:05:00');

  it('is the time during which a third party and an agent are connected', () => {
    expect(talk([ofAgent, thirdParty('10:04:30', '10:06:00')])).toBe('30 ok');
    expect(talk([ofAgent, thirdParty('10:01:00', '10:02:05')])).toBe('60 ok');
    expect(talk([ofAgent, thirdParty('10:00:00', '10:06:05')])).toBe('235 ok');
  });

  it('counts several third parties, and several agents, at once only once', () => {
    expect(talk([ofAgent, thirdParty('10:02:00', '10:03:00'), thirdParty('10:02:30', '10:03:30')])).toBe('90 ok');
    expect(talk([ofAgent, agent(2, '10:01:05', '10:05:00'), thirdParty('10:02:00', '10:03:00')])).toBe('60 ok');
    expect(talk([ofAgent, agent(2, '10:04:00', '10:06:00'), thirdParty('10:02:00', '10:06:00')])).toBe('240 ok');
  });

  it('adds up separate stretches', () => {
    const rows = [
      agent(1, '10:01:05', '10:02:00', 5),
      agent(1, '10:03:00', '10:04:00', 6),
      thirdParty('10:01:30', '10:03:30'),
      thirdParty('10:03:50', '10:05:00'),
    ];
    expect(talk(rows)).toBe('70 ok');
  });

  it('is 0 for a third party who never met an agent', () => {
    expect(talk([ofAgent, thirdParty('10:05:00', '10:06:00')])).toBe('0 ok');
    expect(talk([agent(1, null), thirdParty('10:05:00', '10:06:00')])).toBe('0 ok');
  });

  it('is not applicable if the third party never connected', () => {
    expect(talk([ofAgent, thirdParty(null, '10:06:00')])).toBe('not_applicable');
    expect(talk([ofAgent, thirdParty('10:04:00', '10:03:00')], ['negative:participant'])).toBe('not_applicable');
  });

  it('is approximate if the end of the call stands for that of a row', () => {
    expect(talk([ofAgent, thirdParty('10:04:00')])).toBe('60 approximate');
    expect(talk([agent(1, '10:01:05'), thirdParty('10:04:00', '10:05:00')])).toBe('60 approximate');
  });

  it.each(['third_party', 'external'])('counts a participant of type %s', (type) => {
    expect(talk([ofAgent, row(type, '10:04:00', '10:05:00')])).toBe('60 ok');
  });

  it.each(['Agent', 'guest', 'x'.repeat(100)])('counts a participant of the unknown type %s with a mark', (type) => {
    const anomaly = `unknown_participant:${type.slice(0, 40)}`;
    expect(talk([ofAgent, row(type, '10:04:00', '10:05:00')], [anomaly])).toBe('60 approximate');
  });

  it.each([
    'end_user',
    'virtual_agent',
    'campaign_contact',
    'supervisor',
    'manager',
    'monitor',
    'barge',
    null,
    undefined,
    '',
    2,
    true,
    { name: 'third_party' },
  ])('does not count a participant of type %s, nor look at its times', (type) => {
    expect(overlaps([ofAgent, row(type, '10:04:00', '10:05:00')])).toEqual({
      conference: 'not_applicable',
      thirdParty: 'not_applicable',
    });
    expect(overlaps([ofAgent, { ...row(type, '10:04:00', '10:03:00'), ended_at: 'x' }])).toEqual({
      conference: 'not_applicable',
      thirdParty: 'not_applicable',
    });
  });

  it('does not count as a conference', () => {
    expect(metricsOf(finishedWith([thirdParty('10:05:00', '10:05:30'), row('virtual_agent', at('10:01:00'))]))).toEqual(
      {
        ...FINISHED_METRICS,
        third_party_talk_time: '30 ok',
      },
    );
  });
});
