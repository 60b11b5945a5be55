import type { CountedDay } from './day.ts';
import { FUNCTION_GIGABYTES, GIGABYTE_SECOND, LAKE_GIGABYTE_MONTH, LOG_GIGABYTE, PER_MILLION } from './prices.ts';

/** One line of the bill of a day. */
export interface Line {
  readonly what: string;
  /** Units in the day. */
  readonly units: number;
  /** Dollars of the day. */
  readonly dollars: number;
}

/** Bytes that a run writes to its log: start, end, report and metrics. */
const LOG_BYTES = 1_500;
const GIGABYTE = 1e9;

/** The bill of a day; storage is that of its objects for a year. */
export function billOf({ meter, tables, runs, requests, seconds }: CountedDay): Line[] {
  const { writes, indexWrites, reads, objects } = meter;
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0);
  const byPiece = (what: string, units: number, kind: keyof typeof PER_MILLION): Line => ({
    what,
    units,
    dollars: (units * PER_MILLION[kind]) / 1e6,
  });
  const puts = objects.get('PutObject') ?? 0;
  return [
    byPiece('metrics table, write units', writes.get(tables.metrics) ?? 0, 'writeUnit'),
    byPiece('metrics table, write units of its indexes', indexWrites.get(tables.metrics) ?? 0, 'writeUnit'),
    byPiece('state table, write units', writes.get(tables.state) ?? 0, 'writeUnit'),
    byPiece('both tables, read units', sum(reads), 'readUnit'),
    byPiece('S3, objects written', puts, 'put'),
    byPiece('S3, objects read', sum(objects) - puts, 'get'),
    byPiece('Lambda, invocations', runs, 'invocation'),
    {
      what: 'Lambda, seconds of 512 MB (assumed, see below)',
      units: seconds,
      dollars: seconds * FUNCTION_GIGABYTES * GIGABYTE_SECOND,
    },
    byPiece('Scheduler, invocations', runs, 'schedule'),
    // every run that asks the platform reads its credential once
    byPiece('Secrets Manager, calls (at most)', Math.min(runs, requests), 'secretCall'),
    {
      what: 'CloudWatch, bytes of log',
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
