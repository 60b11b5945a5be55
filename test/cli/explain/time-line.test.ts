import { expect, it } from 'vitest';
import { explainCall } from '../../../cli/explain/explanation.ts';
import { drawTimeLine } from '../../../cli/explain/time-line.ts';
import {
  agent,
  type Call,
  CONNECTED,
  FINISHED,
  finishedWith,
  INBOUND_ABANDONED,
  row,
  transfer,
} from '../../segments/fixtures/calls.ts';

const drawn = (call: Call, width = 24) => drawTimeLine(explainCall(call), width).trimEnd().split('\n');

it('draws segments and participants on a common scale', () => {
  const call = finishedWith(
    [agent(2, '10:04:00', '10:06:05'), row('third_party', '10:05:00', '10:05:30')],
    [transfer('10:03:40', 2)],
  );
  expect(drawn(call)).toEqual([
    '             10:00:00        10:06:05  UTC, 2019-06-07',
    'ivr          ██                        30 s',
    'queue          ██                      35 s',
    'ring             █                     5 s',
    'talk             ████████████████████  255 s',
    'transfer                   ██          20 s, to agent 2, row 602',
    'conference                   ████████  125 s',
    'third_party                      ██    30 s',
    'hold                                   45 s, position unknown',
    'agent 1          ████████████████████  row 601',
    'agent 2                      ████████  row 602',
    'third_party                      ██    row 700',
  ]);
});

it('draws an open segment as an arrow', () => {
  expect(drawn(CONNECTED)).toEqual([
    '         10:00:00        10:01:05  UTC, 2019-06-07',
    'ivr      ███████████               30 s',
    'queue               █████████████  35 s',
    'ring                           ██  5 s',
    'talk                            ▶  from 10:01:05 on',
    'agent 1                         ▶  row 601',
  ]);
});

it('says how an unanswered queue ended', () => {
  expect(drawn(INBOUND_ABANDONED)[2]).toBe('queue  ████████████████████████  59.705 s, abandoned');
});

it('draws a moment as one block and nothing for a call without times', () => {
  expect(drawn({ ...FINISHED, ends_at: null, connected_at: null, assigned_at: null, queued_at: null })[1]).toMatch(
    /^agent 1 /,
  );
  expect(drawn({})).toEqual(['nothing has happened yet']);
  const moment = { participants: [row('end_user', '10:00:00', '10:00:00')] };
  expect(drawn(moment)[1]).toBe(`end_user  █${' '.repeat(23)}  row 700`);
});
