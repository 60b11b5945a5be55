import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { type Figure, perSecond } from './bench-figure.ts';

const CALLS = 20_000;
/** The first rounds are slower: their code is not compiled yet. */
const ROUNDS = 30;
const START = Date.parse('2026-11-02T10:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

const agentRow = (id: number, from: number, to: number) => ({
  id,
  type: 'agent',
  user_id: 500 + id,
  connected_at: at(from),
  ended_at: at(to),
});

const plain = {
  id: 1,
  call_type: 'Voice Inbound (IVR)',
  status: 'finished',
  created_at: at(0),
  queued_at: at(30),
  assigned_at: at(60),
  connected_at: at(65),
  ends_at: at(365),
  updated_at: at(400),
  call_duration: 300,
  hold_duration: 45,
  participants: [agentRow(1, 65, 365)],
  transfers: [],
};

const heavy = {
  ...plain,
  participants: Array.from({ length: 10 }, (_, i) => agentRow(i, 65 + 20 * i, 365 - 5 * i)),
  transfers: Array.from({ length: 5 }, (_, i) => ({
    id: i,
    status: 'transferred',
    created_at: at(70 + 20 * i),
    to_agent: { id: 501 + i },
  })),
};

/** Calls per second of the segment engine alone. */
export function segmentFigures(): Figure[] {
  const rate = (call: Record<string, unknown>) =>
    perSecond(
      CALLS,
      () => {
        for (let i = 0; i < CALLS; i++) computeCallSegments(call);
      },
      ROUNDS,
    );
  return [
    { name: 'segment engine, plain calls', value: rate(plain), unit: 'calls/s', aim: { atLeast: 250_000 } },
    {
      name: 'segment engine, ten participants and five transfers',
      value: rate(heavy),
      unit: 'calls/s',
      aim: { atLeast: 50_000 },
    },
  ];
}
