import { DAY } from './time.ts';

/** What kind of centre to simulate. The same options give the same bytes. */
export interface SimulationOptions {
  /** @default 1 */
  seed?: number;
  /** First moment, ISO 8601. @default '2026-11-02T00:00:00.000Z', a Monday */
  start?: string;
  /** Days with arrivals. Conversations that are running at the end are still completed. @default 14 */
  days?: number;
  /** Agents. @default 60 */
  seats?: number;
  /** Calls of an average day. @default twelve per seat: about 10,000 in a fortnight of 60 seats */
  callsPerDay?: number;
}

/** Fills in the defaults. @throws RangeError if an option is invalid. */
export function withDefaults(options: SimulationOptions): Required<SimulationOptions> {
  const seats = options.seats ?? 60;
  const complete = {
    seed: options.seed ?? 1,
    start: options.start ?? '2026-11-02T00:00:00.000Z',
    days: options.days ?? 14,
    seats,
    callsPerDay: options.callsPerDay ?? seats * 12,
  };
  if (!Number.isInteger(complete.seed)) throw new RangeError('seed: give a whole number');
  if (!Number.isFinite(Date.parse(complete.start))) throw new RangeError('start: give an ISO 8601 timestamp');
  if (!(complete.days > 0 && complete.days <= 366)) throw new RangeError('days: give a number from 0 to 366');
  if (!(Number.isInteger(seats) && seats >= 2 && seats <= 2000)) throw new RangeError('seats: give 2 to 2000');
  if (!(complete.callsPerDay >= 0 && complete.callsPerDay * complete.days <= 1_000_000)) {
    throw new RangeError('callsPerDay: give at most a million calls in all');
  }
  return complete;
}

/** The period with arrivals, virtual epoch milliseconds. */
export function parsePeriod(options: Required<SimulationOptions>): { startMs: number; endMs: number } {
  const startMs = Math.floor(Date.parse(options.start) / 1000) * 1000;
  return { startMs, endMs: startMs + Math.round(options.days * DAY) };
}
