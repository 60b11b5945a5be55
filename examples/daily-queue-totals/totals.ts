import type { Contribution } from './contribution.ts';

/** Totals of a queue and day. Times are seconds, rates are shares from 0 to 1, absent if the divisor is zero. */
export interface Totals {
  readonly calls: number;
  /** Calls with a handle time. */
  readonly handled: number;
  readonly handle_seconds: number;
  readonly average_handle_time?: number;
  /** Calls that an agent answered from the queue. */
  readonly answered: number;
  /** Calls whose caller hung up in the queue. */
  readonly abandoned: number;
  /** Of the answered and abandoned ones. */
  readonly abandon_rate?: number;
  /** Calls answered within the service level's seconds. */
  readonly answered_in_time: number;
  /** Of the answered and abandoned ones. */
  readonly service_level?: number;
  readonly queue_name?: string;
}

/**
 * Sums contributions; their order does not matter.
 * @param inTime seconds in the queue within which a call counts as answered in time
 */
export function sumTotals(contributions: readonly Contribution[], inTime: number): Totals {
  const counted = contributions.filter(({ counts }) => counts);
  const handleTimes = counted.flatMap(({ handleTime }) => handleTime ?? []);
  const queueTimes = counted.flatMap(({ queueTime }) => queueTime ?? []);
  // whole milliseconds add up without rounding errors
  const handled = handleTimes.reduce((sum, seconds) => sum + Math.round(seconds * 1000), 0) / 1000;
  const abandoned = counted.filter((one) => one.abandoned).length;
  const answeredInTime = queueTimes.filter((seconds) => seconds <= inTime).length;
  const offered = queueTimes.length + abandoned;
  const newest = counted.reduce<Contribution | undefined>(
    (best, one) => (best === undefined || one.version > best.version ? one : best),
    undefined,
  );
  return {
    calls: counted.length,
    handled: handleTimes.length,
    handle_seconds: handled,
    ...(handleTimes.length > 0 && { average_handle_time: rounded(handled / handleTimes.length) }),
    answered: queueTimes.length,
    abandoned,
    answered_in_time: answeredInTime,
    ...(offered > 0 && {
      abandon_rate: rounded(abandoned / offered),
      service_level: rounded(answeredInTime / offered),
    }),
    ...(newest?.queueName !== undefined && { queue_name: newest.queueName }),
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
