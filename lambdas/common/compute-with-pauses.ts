import type { Effects } from './effects.ts';
import { inGroups } from './in-groups.ts';

/**
 * Number of calls that are computed without a pause. A request to the platform that becomes due meanwhile is sent afterwards.
 * It is dropped when it is half an interval late: 50 ms at 10 requests per second.
 */
const CALLS_BETWEEN_PAUSES = 100;

/** Computes something for each call, in their order, with a pause after every hundred. */
export async function computeWithPauses<Call>(
  calls: readonly Call[],
  breathe: Effects['breathe'],
  compute: (call: Call) => void,
): Promise<void> {
  for (const group of inGroups(calls, CALLS_BETWEEN_PAUSES)) {
    for (const call of group) compute(call);
    if (group.length === CALLS_BETWEEN_PAUSES) await breathe();
  }
}
