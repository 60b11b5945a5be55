import type { Effects } from './effects.ts';

/**
 * Number of calls that are computed without a pause. A request to the platform that becomes due meanwhile is sent afterwards.
 * It is dropped when it is half an interval late: 50 ms at 10 requests per second.
 */
const CALLS_BETWEEN_PAUSES = 100;

/** The same calls in their order, with a pause after every hundred. */
export async function* pauseBetween<Call>(calls: Iterable<Call>, breathe: Effects['breathe']): AsyncGenerator<Call> {
  let taken = 0;
  for (const call of calls) {
    yield call;
    if (++taken % CALLS_BETWEEN_PAUSES === 0) await breathe();
  }
}
