import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_STATUSES, METRICS } from '../../catalog/segment-metrics.ts';
import { type CallSegments, computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { call, garbage, later, tidyCall, unrelated, zoned } from './fixtures/arbitraries.ts';
import type { Call } from './fixtures/calls.ts';
import { runs } from './fixtures/runs.ts';

const RUNS = runs(300);

/** Arrays of these fields in any order. */
const shuffled = (original: Call): fc.Arbitrary<Call> => {
  const any = (field: string) => {
    const list = Array.isArray(original[field]) ? original[field] : [];
    return fc.shuffledSubarray(list, { minLength: list.length });
  };
  return fc.record({ participants: any('participants'), transfers: any('transfers') }).map((lists) => ({
    ...original,
    ...lists,
  }));
};

const isOver = ({ settled_after, status }: CallSegments) =>
  settled_after !== null || ['finished', 'failed', 'deflected'].includes(status ?? '');

describe('for every call', () => {
  it('a metric has a value if and only if it is ok or approximate, and the value is never negative', () => {
    fc.assert(
      fc.property(fc.oneof(call, garbage), (record) => {
        for (const { seconds, status } of Object.values(computeCallSegments(record).metrics)) {
          expect(METRIC_STATUSES).toContain(status);
          expect(seconds !== null).toBe(status === 'ok' || status === 'approximate');
          if (seconds !== null) expect(Number.isFinite(seconds) && seconds >= 0 && !Object.is(seconds, -0)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('a value is equal to its rounding to milliseconds', () => {
    fc.assert(
      fc.property(call, (record) => {
        for (const { seconds } of Object.values(computeCallSegments(record).metrics))
          expect(seconds).toBe(seconds === null ? null : Math.round(seconds * 1000) / 1000);
      }),
      RUNS,
    );
  });

  it('wait time is queue time, and billing time is call time', () => {
    fc.assert(
      fc.property(call, (record) => {
        const { metrics } = computeCallSegments(record);
        expect(metrics.wait_time).toEqual(metrics.queue_time);
        expect(metrics.billing_time).toEqual(metrics.call_time);
      }),
      RUNS,
    );
  });

  it('nothing is pending once it is over, and nothing is missing before', () => {
    fc.assert(
      fc.property(call, (record) => {
        const computed = computeCallSegments(record);
        const statuses = Object.values(computed.metrics).map(({ status }) => status);
        expect(statuses).not.toContain(isOver(computed) ? 'pending' : 'missing_input');
      }),
      RUNS,
    );
  });

  it('what needs the end of the call is pending before, and call time always applies', () => {
    fc.assert(
      fc.property(call, (record) => {
        const computed = computeCallSegments(record);
        expect(computed.metrics.call_time.status).not.toBe('not_applicable');
        if (isOver(computed)) return;
        const { billing_time, handle_time, talk_time, hold_time, transfer_time, conference_time } = computed.metrics;
        for (const { status } of [billing_time, handle_time, talk_time, hold_time, transfer_time, conference_time])
          expect(status).toBe('pending');
        expect(computed.metrics.third_party_talk_time.status).toBe('pending');
      }),
      RUNS,
    );
  });

  it('a contradiction and a clamped skew leave an anomaly, and no anomaly is without cause', () => {
    fc.assert(
      fc.property(call, (record) => {
        const { metrics, anomalies } = computeCallSegments(record);
        expect(anomalies).toEqual([...new Set(anomalies)].sort());
        const causes = METRICS.filter((metric) => metric !== 'wait_time' && metric !== 'billing_time').flatMap(
          (metric) => {
            if (anomalies.includes(`clock_skew:${metric}`))
              return metrics[metric].status === 'approximate' ? [] : [metric];
            if (anomalies.includes(`negative:${metric}`))
              return metrics[metric].status === 'inconsistent' ? [] : [metric];
            if (metric === 'talk_time' && anomalies.includes('negative:hold_time')) return [];
            if (anomalies.some((anomaly) => anomaly.startsWith('implausible:'))) return [];
            return metrics[metric].status === 'inconsistent' ? [metric] : [];
          },
        );
        expect(causes).toEqual([]);
      }),
      RUNS,
    );
  });

  it('shifting all times changes nothing but the timestamps', () => {
    fc.assert(
      fc.property(call, fc.integer({ min: -1e11, max: 1e11 }), (record, milliseconds) => {
        const original = computeCallSegments(record);
        const shifted = computeCallSegments(later(record, milliseconds));
        expect(shifted.metrics).toEqual(original.metrics);
        expect(shifted.anomalies).toEqual(original.anomalies);
        expect(shifted.agent_id).toEqual(original.agent_id);
        const shift = (text: string | undefined | null) =>
          text && new Date(Date.parse(text) + milliseconds).toISOString();
        expect(shifted.settled_after).toEqual(shift(original.settled_after));
        expect(shifted.segments).toEqual(
          original.segments.map((segment) => ({ ...segment, start: shift(segment.start), end: shift(segment.end) })),
        );
      }),
      RUNS,
    );
  });

  it('the order of participants and of transfers changes nothing', () => {
    fc.assert(
      fc.property(
        call.chain((record) => fc.tuple(fc.constant(record), shuffled(record))),
        ([record, other]) => {
          expect(computeCallSegments(other)).toEqual(computeCallSegments(record));
        },
      ),
      runs(1000),
    );
  });

  it('a participant who is neither agent nor third party changes no metric', () => {
    fc.assert(
      fc.property(call, unrelated, (record, participant) => {
        // a contact of a campaign tells the calls of a dialer from scheduled ones
        fc.pre(participant.type !== 'campaign_contact' || computeCallSegments(record).family !== 'scheduled');
        const participants = [participant, ...(record.participants as Call[])];
        const { facts: _, ...changed } = computeCallSegments({ ...record, participants });
        const { facts: __, ...unchanged } = computeCallSegments(record);
        expect(changed).toEqual(unchanged);
      }),
      RUNS,
    );
  });

  it('an alias is as good as the field it stands for', () => {
    fc.assert(
      fc.property(call, ({ ended_at: _, ends_at, duration: __, call_duration, ...record }) => {
        const aliased = computeCallSegments({ ...record, ends_at, call_duration });
        const named = computeCallSegments({ ...record, ended_at: ends_at, duration: call_duration });
        expect({ ...named, anomalies: [] }).toEqual({ ...aliased, anomalies: [] });
      }),
      RUNS,
    );
  });

  it('writing the times with another offset changes nothing', () => {
    fc.assert(
      fc.property(call, fc.constantFrom('+00:00', '-05:00', '+05:30', '+14:00'), (record, offset) => {
        expect(computeCallSegments(zoned(record, offset))).toEqual(computeCallSegments(record));
      }),
      RUNS,
    );
  });

  it('talk and hold add up to the duration', () => {
    fc.assert(
      fc.property(call, (record) => {
        const { talk_time, hold_time } = computeCallSegments(record).metrics;
        if (talk_time.status !== 'ok' || hold_time.status !== 'ok') return;
        const duration = Number(record.duration ?? record.call_duration);
        expect(Math.round(Number(talk_time.seconds) * 1000) + Math.round(Number(hold_time.seconds) * 1000)).toBe(
          Math.round(duration * 1000),
        );
      }),
      RUNS,
    );
  });

  it('the seconds of the segments of a kind are the metric of that kind', () => {
    const kinds = [
      ['ivr', 'ivr_time'],
      ['queue', 'queue_time'],
      ['ring', 'ring_time'],
      ['talk', 'talk_time'],
      ['hold', 'hold_time'],
      ['transfer', 'transfer_time'],
      ['conference', 'conference_time'],
      ['third_party', 'third_party_talk_time'],
    ] as const;
    fc.assert(
      fc.property(fc.oneof(call, tidyCall), (record) => {
        const { metrics, segments } = computeCallSegments(record);
        for (const [kind, metric] of kinds) {
          const { seconds } = metrics[metric];
          if (seconds === null) continue;
          const counted = segments.filter(
            (segment) => segment.kind === kind && (kind !== 'transfer' || segment.outcome === undefined),
          );
          const sum = counted.reduce((sum, segment) => sum + (segment.seconds ?? 0), 0);
          expect(sum).toBeCloseTo(seconds, 6);
        }
      }),
      RUNS,
    );
  });

  it('segments are in order and end no earlier than they start', () => {
    fc.assert(
      fc.property(call, (record) => {
        const { segments } = computeCallSegments(record);
        const starts = segments.map(({ start }) => start ?? '9');
        expect(starts).toEqual(starts.toSorted());
        for (const { start, end } of segments)
          if (start !== undefined && end !== undefined) expect(end >= start).toBe(true);
      }),
      RUNS,
    );
  });

  it('the result depends on nothing but the record, which stays as it was', () => {
    fc.assert(
      fc.property(call, (record) => {
        const copy = structuredClone(record);
        expect(computeCallSegments(record)).toEqual(computeCallSegments(copy));
        expect(record).toEqual(copy);
      }),
      RUNS,
    );
  });
});

describe('for every call without contradictions', () => {
  it('conferences and talks of third parties are no longer than its handling', () => {
    fc.assert(
      fc.property(tidyCall, (record) => {
        const { metrics, anomalies } = computeCallSegments(record);
        const handled = metrics.handle_time.seconds;
        expect(metrics.conference_time.seconds ?? 0).toBeLessThanOrEqual(handled ?? -1);
        expect(metrics.third_party_talk_time.seconds ?? 0).toBeLessThanOrEqual(handled ?? -1);
        expect(anomalies).toEqual([]);
      }),
      RUNS,
    );
  });

  it('overlaps are what counting every millisecond would give', () => {
    fc.assert(
      fc.property(tidyCall, (record) => {
        const rows = record.participants as {
          type: string;
          user_id: unknown;
          connected_at: string;
          ended_at: string;
        }[];
        const people = rows.map((row, index) => ({
          isAgent: row.type === 'agent',
          who: row.user_id === null ? `row ${index}` : `user ${row.user_id}`,
          from: Date.parse(row.connected_at),
          to: Date.parse(row.ended_at),
        }));
        // Between two neighbouring ends of rows no person joins or leaves.
        const edges = [...new Set(people.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
        let conference = 0;
        let thirdParty = 0;
        for (const [index, edge] of edges.entries()) {
          const next = edges[index + 1] ?? edge;
          const there = people.filter(({ from, to }) => from <= edge && to >= next);
          const agents = new Set(there.filter(({ isAgent }) => isAgent).map(({ who }) => who));
          if (agents.size >= 2) conference += next - edge;
          if (agents.size >= 1 && there.some(({ isAgent }) => !isAgent)) thirdParty += next - edge;
        }
        const { metrics } = computeCallSegments(record);
        const agents = new Set(people.filter(({ isAgent }) => isAgent).map(({ who }) => who));
        expect(metrics.conference_time.seconds).toBe(agents.size >= 2 ? conference / 1000 : null);
        const hasThirdParty = people.some(({ isAgent }) => !isAgent);
        expect(metrics.third_party_talk_time.seconds).toBe(hasThirdParty ? thirdParty / 1000 : null);
      }),
      RUNS,
    );
  });
});

describe('whatever the API sends', () => {
  it('the result is not an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), garbage), (record) => {
        const computed = computeCallSegments(record as Call);
        expect(Object.keys(computed.metrics)).toEqual(METRICS);
        expect(JSON.parse(JSON.stringify(computed))).toEqual(computed);
      }),
      runs(1000),
    );
  });

  it('a value that is not a record counts as an empty record', () => {
    for (const record of [null, undefined, 7, 'call', true, [], [{ id: 7 }]])
      expect(computeCallSegments(record as unknown as Call)).toEqual(computeCallSegments({}));
  });
});
