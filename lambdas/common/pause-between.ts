import type { Effects } from './effects.ts';

/**
 * So many calls are computed without a pause: a request to the platform that is due meanwhile goes out afterwards, and is dropped
 * when it is half an interval late, 50 ms at 10 a second.
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
