import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import type { TimeRange } from '../common/time-range.ts';

/** Maximum number of slices whose history fits into a state machine, with room for repetitions. */
const MAX_SLICES = 1_000;

const HOUR = 3_600_000;

/**
 * Divides a range into slices of a number of hours, in order of time. The last one may be shorter.
 * @throws RangeError if there would be too many
 */
export function sliceTimeRange({ from, to }: TimeRange, hours: number): TimeRange[] {
  const [start, end, length] = [readTimestamp(from), readTimestamp(to), hours * HOUR];
  const count = Math.ceil((end - start) / length);
  if (count > MAX_SLICES)
    throw new RangeError(
      `${from} to ${to} has ${count} slices of ${hours} h, more than ${MAX_SLICES}: take slices of ${Math.ceil((end - start) / MAX_SLICES / HOUR)} h or longer, or a shorter range`,
    );
  const at = (slice: number) => new Date(Math.min(end, start + slice * length)).toISOString();
  return Array.from({ length: count }, (_, slice) => ({ from: at(slice), to: at(slice + 1) }));
}

/** Why an endpoint cannot be backfilled and what to do instead; undefined if it can. */
export function explainNoBackfill({ name, source }: Endpoint): string | undefined {
  switch (source.kind) {
    case 'tail':
      return undefined;
    case 'snapshot':
      return `${name} is a snapshot: every run takes the whole collection as it is now, and the API knows no earlier ones; run it instead`;
    case 'nested': {
      const parents = source.parents.map(({ endpoint }) => endpoint).filter((parent) => BACKFILLED.includes(parent));
      return `${name} comes out of the records of other endpoints: backfill ${parents.join(', ')}, and its next run takes what is in them`;
    }
  }
}

/** Names of the endpoints that can be backfilled. */
export const BACKFILLED: readonly string[] = ENDPOINTS.filter(({ source }) => source.kind === 'tail').map(
  ({ name }) => name,
);
