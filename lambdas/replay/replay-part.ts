import pMap from 'p-map';
import type { Channel } from '../../catalog/facts.ts';
import { parseRecordId } from '../../catalog/record-id.ts';
import { inGroups } from '../common/in-groups.ts';
import type { Lake } from '../lake/lake.ts';
import type { Line } from '../lake/lake-objects.ts';
import type { Taken } from '../lake/lake-records.ts';
import { formatMovedSegments } from '../lake/moved-lines.ts';
import { createSegmentObjects, formatSegments } from '../lake/segment-objects.ts';
import type { StoredObject } from '../lake/stored-object.ts';
import type { MetricsItem } from '../metrics/metrics-item.ts';
import type { MetricsTable } from '../metrics/metrics-table.ts';
import type { MetricsWriter } from '../metrics/metrics-writer.ts';
import { NewestItems } from '../metrics/newest-items.ts';
import { isCall, segmentSession } from '../segments/segment-record.ts';
import { compareItem } from './differences.ts';
import { type ReadRecord, readRawLines } from './raw-records.ts';
import { countItem, type ReplayReport } from './replay-counts.ts';
import type { PlannedObject } from './replay-plan.ts';

const CONCURRENT_OBJECTS = 4;
const CONCURRENT_READS = 8;

/** Number of items that DynamoDB reads in one request. */
const ITEMS_PER_READ = 100;

export interface ReplayContext {
  readonly tenant: string;
  readonly channel: Channel;
  readonly lake: Lake;
  readonly table: MetricsTable;
  readonly writer: MetricsWriter;
  readonly dryRun: boolean;
  /** Called before every step that takes time: keeps the lease. */
  readonly keepAlive: () => Promise<void>;
  readonly now: () => number;
}

/** The sessions of one day whose ids leave the remainder `part` when divided by `parts`: what fits into memory. */
export interface Part {
  readonly dt: string;
  readonly objects: readonly PlannedObject[];
  readonly part: number;
  readonly parts: number;
}

/**
 * Makes the segment objects and the items of a part again and writes those that are not there. An item is read before it is
 * written: most are equal, and a read unit costs a fifth of the write unit that a refused write takes.
 * @returns the objects written, and those that no ledger of ingestion names
 */
export async function replayPart(context: ReplayContext, part: Part, report: ReplayReport): Promise<StoredObject[]> {
  const { lake, keepAlive, channel } = context;
  const segment = (taken: ReadRecord) => segmentSession(channel, taken);
  const newest = new NewestItems();
  const written = await pMap(
    part.objects,
    async (object) => {
      await keepAlive();
      const { taken, moved } = await readRawLines(lake, object.key, part.dt);
      const own = taken.filter(({ record }) => partOf(record.id, part.parts) === part.part);
      report.records += own.length;
      const sessions = own.map(segment);
      for (const call of sessions.filter(isCall)) newest.add(context.writer.createItem(call));
      // an object is written as a whole, with the first part
      if (part.part > 0) return [];
      const all = own.length === taken.length ? sessions : taken.map(segment);
      const lines = [...all.map(formatSegments), ...moved.map((line) => formatMovedSegments(channel, line))];
      return putMissing(context, object, lines, report);
    },
    { concurrency: CONCURRENT_OBJECTS },
  );
  await putItems(context, newest.list(), report);
  return written.flat();
}

/** An object that is there already, but that ingestion did not write, is of a replay that may have died before it noted it. */
async function putMissing(
  { tenant, channel, lake, dryRun }: ReplayContext,
  { seq, segmentKeys }: PlannedObject,
  lines: readonly Line[],
  report: ReplayReport,
): Promise<StoredObject[]> {
  const noted: StoredObject[] = [];
  for (const { key, zone, dt, records, body } of createSegmentObjects(channel, tenant, seq, lines)) {
    // the key follows from the content: what is there is the same
    const there = await lake.sizeOf(key);
    if (there === undefined) report.objects += 1;
    else if (segmentKeys.includes(key)) continue;
    const bytes = there ?? (dryRun ? 0 : await lake.put(key, body));
    noted.push({ key, zone, dt, records, bytes });
  }
  return noted;
}

async function putItems(context: ReplayContext, items: readonly MetricsItem[], report: ReplayReport): Promise<void> {
  const { table, writer, dryRun, keepAlive, now } = context;
  const alive = items.filter(({ expires_at }) => expires_at === undefined || Number(expires_at) * 1000 > now());
  report.expired += items.length - alive.length;
  const due: Record<'missing' | 'changed', MetricsItem[]> = { missing: [], changed: [] };
  const compare = async (some: readonly MetricsItem[]) => {
    await keepAlive();
    const stored = await table.getMany(some.map(({ call_key }) => call_key));
    for (const item of some) {
      const known = stored.get(item.call_key);
      const fate = compareItem(item, known);
      countItem(report, fate, item, known);
      if (fate === 'missing' || fate === 'changed') due[fate].push(item);
    }
  };
  await pMap(inGroups(alive, ITEMS_PER_READ), (some) => writer.patiently(() => compare(some)), {
    concurrency: CONCURRENT_READS,
  });
  if (!dryRun) await writer.restore(due.missing, due.changed);
}

function partOf(value: Taken['record'][string], parts: number): number {
  const id = parseRecordId(value);
  return typeof id === 'number' ? Math.abs(id) % parts : 0;
}
