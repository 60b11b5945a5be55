import type { CountedDay, Work } from './day.ts';
import { GIGABYTE_SECOND, LAKE_GIGABYTE_MONTH, LOG_GIGABYTE, PER_MILLION } from './prices.ts';

/** One line of the bill of a day. */
export interface Line {
  readonly what: string;
  /** Units in the day. */
  readonly units: number;
  /** Dollars of the day. */
  readonly dollars: number;
}

/** Seconds a run is billed for beside its requests, and what a new container takes longer: assumed, nothing here waits for a network. */
const RUN_SECONDS = 0.1;
const COLD_START_SECONDS = 0.6;

/** Seconds for which a run waits for an answer of the platform, and of AWS: assumed. */
const PLATFORM_SECONDS = 0.25;
const AWS_SECONDS = 0.008;

/**
 * Gigabytes that a function has, and seconds in which it makes a request to AWS, 1.5 ms of a core at most: with half a gigabyte it
 * has a third of a core.
 */
const SIZES = { plain: { gigabytes: 0.5, callSeconds: 0.005 }, withMetrics: { gigabytes: 1, callSeconds: 0.0025 } };

/** Bytes that a run writes to its log: start, report, its one line and its metrics. */
const LOG_BYTES = 1_500;

const GIGABYTE = 1e9;

/** What a day costs for its runs and calls; storage is that of its objects for a year. */
export function billOf({ meter, runs, work }: CountedDay): Line[] {
  const { writes, indexWrites, reads, puts, gets } = meter;
  const byPiece = (what: string, units: number, kind: keyof typeof PER_MILLION): Line => ({
    what,
    units,
    dollars: (units * PER_MILLION[kind]) / 1e6,
  });
  const written = (what: string, kind: string) => byPiece(`${what}, write units`, writes.get(kind) ?? 0, 'writeUnit');
  const stored = (what: string, zones: readonly string[]) =>
    byPiece(
      `S3, ${what} written`,
      sum(puts, (zone) => zones.includes(zone)),
      'put',
    );
  const gigabyteSeconds = (['plain', 'withMetrics'] as const)
    .map((size) => secondsOf(work[size], SIZES[size].callSeconds) * SIZES[size].gigabytes)
    .reduce((all, each) => all + each);
  return [
    written('metrics table', 'metrics'),
    byPiece('indexes of the metrics table, write units', indexWrites.get('metrics') ?? 0, 'writeUnit'),
    written('leases, cursors and commits', 'state checkpoint'),
    written('ledger', 'state batch'),
    written('rate budget', 'state budget'),
    written('inferred schemas', 'state inferred-schema'),
    written('day index', 'state days'),
    byPiece('DynamoDB, read units', sum(reads), 'readUnit'),
    stored('raw objects', ['raw']),
    stored('segment objects', ['segments']),
    stored('other objects', ['drift', 'quarantine']),
    byPiece('S3, objects read', sum(gets), 'get'),
    byPiece('Lambda, invocations', runs, 'invocation'),
    {
      what: 'Lambda, gigabytes for a second (assumed)',
      units: gigabyteSeconds,
      dollars: gigabyteSeconds * GIGABYTE_SECOND,
    },
    byPiece('Scheduler, invocations', runs, 'schedule'),
    byPiece('Secrets Manager, calls', meter.secretCalls, 'secretCall'),
    {
      what: 'CloudWatch, bytes of log (assumed)',
      units: runs * LOG_BYTES,
      dollars: (runs * LOG_BYTES * LOG_GIGABYTE) / GIGABYTE,
    },
    {
      what: 'S3, bytes kept for a year',
      units: meter.bytes,
      dollars: (meter.bytes * LAKE_GIGABYTE_MONTH * 12) / GIGABYTE,
    },
  ];
}

/** Seconds that are billed. */
const secondsOf = ({ runs, coldStarts, requests, calls, waits }: Work, callSeconds: number) =>
  runs * RUN_SECONDS +
  coldStarts * COLD_START_SECONDS +
  requests * PLATFORM_SECONDS +
  waits * AWS_SECONDS +
  calls * callSeconds;

function sum(counts: ReadonlyMap<string, number>, takes: (name: string) => boolean = () => true): number {
  return [...counts].reduce((all, [name, count]) => (takes(name) ? all + count : all), 0);
}
