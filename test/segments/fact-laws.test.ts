import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentLeg, Channel, QueueVisit, SessionFacts } from '../../catalog/facts.ts';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { simulate } from '../../simulator/simulation.ts';
import { call } from './fixtures/arbitraries.ts';
import { runs } from './fixtures/runs.ts';

/** Milliseconds by which a sum of rounded seconds may differ. */
const ROUNDING = 0.0015;

/** A small centre. Its sessions are computed later, so that a counterexample is short. */
const centres = fc.record({ seed: fc.integer({ min: 1, max: 1_000_000 }), seats: fc.integer({ min: 2, max: 8 }) });

/** The facts of every session of a centre, at every moment of its life. */
function computeAll({ seed, seats }: { readonly seed: number; readonly seats: number }) {
  const centre = simulate({ seed, seats, days: 1, callsPerDay: 60 });
  const compute = (channel: Channel, { record }: { readonly record: { readonly id?: unknown } }) => ({
    id: `${channel} ${record.id}`,
    facts: computeFacts(channel, record),
  });
  return [
    ...Array.from(centre.callStages(), (stage) => compute('call', stage)),
    ...Array.from(centre.chatStages(), (stage) => compute('chat', stage)),
  ];
}

/** Pairs of spans of which the second starts before the first has ended. */
function listOverlaps<Span>(
  spans: readonly Span[],
  start: (span: Span) => string | null,
  end: (span: Span) => string | null,
) {
  const known = spans.filter((span) => start(span) !== null);
  const sorted = known.toSorted((a, b) => Date.parse(start(a) ?? '') - Date.parse(start(b) ?? ''));
  return sorted.flatMap((span, index) => {
    const next = sorted[index + 1];
    const isOver =
      next === undefined || (end(span) !== null && Date.parse(end(span) ?? '') <= Date.parse(start(next) ?? ''));
    return isOver ? [] : [[span, next]];
  });
}

const forEverySession = (law: (facts: SessionFacts, id: string) => void) =>
  fc.assert(
    fc.property(centres, (centre) => {
      for (const { id, facts } of computeAll(centre)) law(facts, id);
    }),
    runs(12),
  );

describe('for every simulated session at every moment', () => {
  it('it is in one queue at a time, and only its last visit is open', () => {
    forEverySession(({ queue_visits: visits }, id) => {
      const overlaps = listOverlaps<QueueVisit>(
        visits,
        ({ entered_at }) => entered_at,
        ({ left_at }) => left_at,
      );
      expect([id, overlaps]).toEqual([id, []]);
      expect(visits.map(({ visit_no, is_first }) => [visit_no, is_first])).toEqual(
        visits.map((_, index) => [index + 1, index === 0]),
      );
      for (const { exit, left_at } of visits)
        if (exit === 'answered' || exit === 'abandoned') expect([id, left_at]).toEqual([id, expect.any(String)]);
      expect(visits.slice(0, -1).filter(({ exit }) => exit === 'open')).toEqual([]);
    });
  });

  it('an agent has one leg of it at a time', () => {
    forEverySession(({ agent_legs: legs }, id) => {
      for (const ofAgent of Map.groupBy(legs, ({ agent_id }) => agent_id).values()) {
        const overlaps = listOverlaps<AgentLeg>(
          ofAgent,
          ({ started_at }) => started_at,
          ({ ended_at }) => ended_at,
        );
        expect([id, overlaps]).toEqual([id, []]);
      }
    });
  });

  it('each answered visit has one leg, of the same agent and queue, and no other leg begins in a queue', () => {
    forEverySession(({ queue_visits: visits, agent_legs: legs }, id) => {
      const answered = visits.filter(({ exit }) => exit === 'answered');
      const began = legs.filter(({ visit_no }) => visit_no !== null);
      const key = ({ visit_no, agent_id, queue_id }: Pick<AgentLeg, 'visit_no' | 'agent_id' | 'queue_id'>) =>
        `${visit_no} ${agent_id} ${queue_id}`;
      expect([id, began.map(key).sort()]).toEqual([id, answered.map(key).sort()]);
    });
  });

  it('the outcome counts the facts', () => {
    forEverySession(({ outcome, queue_visits: visits, agent_legs: legs, transfers }, id) => {
      const done = transfers.filter((transfer) => transfer.outcome === 'transferred');
      const escalations = done.filter(({ is_escalation }) => is_escalation).length;
      // the others hand a session to a virtual agent
      const betweenHumans = done.filter(({ is_escalation, kind }) => !is_escalation && kind !== 'virtual_agent').length;
      expect([id, outcome.queue_visits, outcome.agent_legs]).toEqual([id, visits.length, legs.length]);
      expect([id, outcome.escalations_done, outcome.transfers_done]).toEqual([id, escalations, betweenHumans]);
      expect([id, outcome.first_queue_id, outcome.last_queue_id]).toEqual([
        id,
        visits.at(0)?.queue_id ?? null,
        visits.at(-1)?.queue_id ?? null,
      ]);
    });
  });
});

describe('for every call', () => {
  it('no length is negative, talk and hold add up to a leg, and all parts to its handle time', () => {
    fc.assert(
      fc.property(call, (record) => {
        const { queue_visits: visits, agent_legs: legs, transfers, virtual_agent_legs } = computeFacts('call', record);
        for (const { seconds } of [...visits, ...legs, ...transfers, ...virtual_agent_legs])
          expect(seconds ?? 0).toBeGreaterThanOrEqual(0);
        for (const leg of legs) {
          if (leg.talk_seconds !== null && leg.seconds !== null)
            expect(Math.abs(leg.talk_seconds + (leg.hold_seconds ?? 0) - leg.seconds)).toBeLessThan(ROUNDING);
          if (leg.handle_seconds === null) continue;
          const parts = [leg.seconds, leg.wrap_up_seconds, leg.before_call_seconds];
          const sum = parts.reduce<number>((all, part) => all + (part ?? 0), 0);
          expect(Math.abs(sum - leg.handle_seconds)).toBeLessThan(ROUNDING);
        }
      }),
      runs(300),
    );
  });
});
