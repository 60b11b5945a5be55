import type { Contribution } from './contribution.ts';

/** Totals of a queue and day. Times are seconds, rates are shares from 0 to 1, absent if the divisor is zero. */
export interface Totals {
  /** Different calls that entered the queue or were handled in it. */
  readonly calls: number;
  /** Entries into the queue, those after a transfer included. */
  readonly visits: number;
  /** Interactions of a known length that agents handled. */
  readonly interactions: number;
  /** Connected time, with wrap-up where it is known. */
  readonly interaction_seconds: number;
  readonly average_interaction_time?: number;
  /** Visits that an agent answered. */
  readonly answered: number;
  /** Visits whose caller hung up. */
  readonly abandoned: number;
  /** Of all visits. */
  readonly abandon_rate?: number;
  /** Visits answered in less than the service level's seconds. */
  readonly answered_in_time: number;
  /** Of the answered visits whose wait is known, and the abandoned ones. */
  readonly service_level?: number;
  readonly queue_name?: string;
}

/**
 * Adds up the contributions of a queue and day.
 * @param inTime seconds; a visit answered sooner is in time
 */
export function sumTotals(contributions: readonly Contribution[], inTime: number): Totals {
  const counted = contributions.filter(({ counts }) => counts);
  const handleTimes = counted.flatMap(({ handled = [] }) => handled);
  const waits = counted.flatMap(({ answered = [] }) => answered);
  const known = waits.filter((seconds) => seconds !== null);
  const visits = counted.reduce((sum, one) => sum + (one.visits ?? 0), 0);
  const abandoned = counted.reduce((sum, one) => sum + (one.abandoned ?? 0), 0);
  // whole milliseconds add up without rounding errors
  const handled = handleTimes.reduce((sum, seconds) => sum + Math.round(seconds * 1000), 0) / 1000;
  const inTimeCount = known.filter((seconds) => seconds < inTime).length;
  const judged = known.length + abandoned;
  const newest = counted
    .filter(({ queueName }) => queueName !== undefined)
    .reduce<Contribution | undefined>(
      (best, one) => (best === undefined || one.version > best.version ? one : best),
      undefined,
    );
  return {
    calls: counted.length,
    visits,
    interactions: handleTimes.length,
    interaction_seconds: handled,
    ...(handleTimes.length > 0 && { average_interaction_time: rounded(handled / handleTimes.length) }),
    answered: waits.length,
    abandoned,
    ...(visits > 0 && { abandon_rate: rounded(abandoned / visits) }),
    answered_in_time: inTimeCount,
    ...(judged > 0 && { service_level: rounded(inTimeCount / judged) }),
    ...(newest?.queueName !== undefined && { queue_name: newest.queueName }),
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
