import type { MetricResult } from '../../catalog/segment-metrics.ts';
import type { Instant } from './instant.ts';
import { createMeasured, INCONSISTENT, MISSING_INPUT, NOT_APPLICABLE, PENDING } from './metric-results.ts';
import type { Connection } from './participants.ts';
import { findCommon, intersect, measureLength, type Span, selectLater, unite } from './spans.ts';

/** An overlap metric and the stretches of time it is the sum of, in order. */
export interface Overlap {
  readonly result: MetricResult;
  readonly spans: readonly Span[];
}

/** When a group of participants was connected. */
export interface Presence {
  /** Number of different people who connected; each row without `user_id` counts as a separate person. */
  readonly people: number;
  /** Ordered by start; the spans of one person neither overlap nor touch. */
  readonly spans: readonly Span[];
  /** Whether the end of the call stands for the missing end of a row, or the type of a row is a word that is not known. */
  readonly isApproximate: boolean;
  /** Whether a row has no end and the call has none either: the call is open, or only its status says that it is over. */
  readonly isIncomplete: boolean;
  /** Whether a time of a row contradicts the call. */
  readonly isContradictory: boolean;
}

const NO_PRESENCE: Presence = {
  people: 0,
  spans: [],
  isApproximate: false,
  isIncomplete: false,
  isContradictory: false,
};

/** Merges the rows of each person. A row that ends before it connects is ignored: anomaly `negative:participant`. */
export function readPresence(rows: readonly Connection[], anomalies: string[]): Presence {
  if (rows.length === 0) return NO_PRESENCE;
  const spans: { start: Instant; end: Instant }[] = [];
  const people = new Map<number | Connection, { start: Instant; end: Instant } | null>();
  let isApproximate = false;
  let isIncomplete = false;
  let isContradictory = false;
  for (const row of rows) {
    const person = row.user ?? row;
    const { connected, ended } = row;
    const earlier = people.get(person) ?? null;
    if (connected.isImplausible || ended?.isImplausible) {
      people.set(person, earlier);
      isContradictory = true;
    } else if (ended === null) {
      people.set(person, earlier);
      isIncomplete = true;
    } else if (ended.time < connected.time) {
      anomalies.push('negative:participant');
    } else {
      isApproximate ||= row.endIsAssumed || row.typeIsUnknown;
      if (earlier !== null && connected.time <= earlier.end.time) {
        earlier.end = selectLater(earlier.end, ended);
      } else {
        const span = { start: connected, end: ended };
        spans.push(span);
        people.set(person, span);
      }
    }
  }
  return { people: people.size, spans, isApproximate, isIncomplete, isContradictory };
}

/** Time during which two or more different agents are connected: `conference_time`. */
export function measureConference(agents: Presence, over: boolean): Overlap {
  if (!over) return without(PENDING);
  if (agents.people < 2) return without(NOT_APPLICABLE);
  if (agents.isContradictory) return without(INCONSISTENT);
  if (agents.isIncomplete) return without(MISSING_INPUT);
  return overlap(intersect(agents.spans), agents.isApproximate);
}

/**
 * Time during which a third party and an agent are connected: `third_party_talk_time`. Any third party with any agent:
 * two third parties, or two agents, at once count once. A third party who never met an agent gives 0.
 */
export function measureThirdPartyTalk(thirdParties: Presence, agents: Presence, over: boolean): Overlap {
  if (!over) return without(PENDING);
  if (thirdParties.people === 0) return without(NOT_APPLICABLE);
  if (thirdParties.isContradictory || agents.isContradictory) return without(INCONSISTENT);
  if (thirdParties.isIncomplete || agents.isIncomplete) return without(MISSING_INPUT);
  return overlap(
    findCommon(unite(thirdParties.spans), unite(agents.spans)),
    thirdParties.isApproximate || agents.isApproximate,
  );
}

const without = (result: MetricResult): Overlap => ({ result, spans: [] });

const overlap = (spans: readonly Span[], isApproximate: boolean): Overlap => ({
  result: createMeasured(measureLength(spans), isApproximate ? 'approximate' : 'ok'),
  spans,
});
