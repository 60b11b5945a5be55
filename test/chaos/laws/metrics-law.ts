import { gzipSync } from 'node:zlib';
import type { LedgerEntry } from '../../../lambdas/ledger/ledger-entry.ts';
import { createMetricsItem, type MetricsItem } from '../../../lambdas/metrics/metrics-item.ts';
import { isNewer } from '../../../lambdas/metrics/metrics-table.ts';
import { segmentCall, toSegmentRecord } from '../../../lambdas/segments/segment-record.ts';
import { type Item, isEqual, toItem } from '../aws/document.ts';
import type { Row } from '../platform/chaos-collection.ts';
import { groupBy, isMark, linesOf, newest, type RawLine } from './lake-view.ts';
import type { Report } from './violation.ts';

interface Context {
  readonly tenant: string;
  readonly lines: readonly RawLine[];
  readonly rows: readonly Row[];
  /** Whether a call of this cursor time is expected. */
  readonly expects: (order: number) => boolean;
  readonly items: ReadonlyMap<string, Item>;
  readonly report: Report;
}

const callOf = ({ record, dt, extractedAt, batch }: RawLine) => segmentCall({ record, dt, extractedAt, batch });

/** The metrics table holds the item of every call's newest version, and raw alone is enough to make it again. */
export function checkMetrics({ tenant, lines, rows, expects, items, report }: Context): void {
  const records = lines.filter((line) => !isMark(line));
  const itemOf = new Map(records.map((line) => [line, createMetricsItem(tenant, callOf(line))]));
  const versions = groupBy(records, ({ record }) => String(record.id));
  for (const { id, order } of rows) {
    if (!expects(order)) continue;
    const key = `${tenant}#${id}`;
    const latest = newest('updated_at', versions.get(String(id)) ?? []);
    const expected = latest.map((line) => toItem(itemOf.get(line) ?? {}));
    const item = items.get(key);
    if (item === undefined) report('metrics', key, 'has no item');
    else if (!expected.some((each) => isEqual(each, item) || (isLeftBehind(latest) && isSameVersion(each, item))))
      report('metrics', key, `is ${brief(item)}, the newest version gives ${expected.map(brief).join(', ')}`);
  }
  const replayed = replay([...itemOf.values()].reverse());
  for (const [key, item] of items) {
    const again = replayed.get(key);
    if (again === undefined) report('replay', key, 'has an item that raw does not give');
    else if (
      !isEqual(toItem(again), item) &&
      !(
        isLeftBehind(newest('updated_at', versions.get(key.slice(tenant.length + 1)) ?? [])) &&
        isSameVersion(again, item)
      )
    )
      report('replay', key, `replayed ${brief(toItem(again))}, table ${brief(item)}`);
  }
}

/** The computed records of every committed batch are what its raw records give. */
export function checkSegments(
  ledger: readonly LedgerEntry[],
  lines: readonly RawLine[],
  objects: ReadonlyMap<string, Uint8Array>,
  report: Report,
): void {
  const byKey = groupBy(lines, ({ key }) => key);
  for (const { seq, objects: written } of ledger) {
    for (const raw of written.filter(({ zone, key }) => zone === 'raw' && !byKey.get(key)?.every(isMark))) {
      const segments = written.filter(({ zone, dt }) => zone === 'segments' && dt === raw.dt);
      const expected = (byKey.get(raw.key) ?? []).map((line) =>
        JSON.stringify({ ...toSegmentRecord(callOf(line)), _extracted_at: line.extractedAt, _batch: line.batch }),
      );
      const texts = segments.map(({ key }) => linesOf(objects.get(key) ?? gzipSync('')).join('\n'));
      if (!texts.includes(expected.join('\n')))
        report('replay', `batch ${seq} ${raw.dt}`, 'raw gives other segments than those in the lake');
    }
  }
}

/** What a table holds when the items are written in this order. */
function replay(items: readonly MetricsItem[]): Map<string, MetricsItem> {
  const table = new Map<string, MetricsItem>();
  for (const item of items) {
    const known = table.get(item.call_key);
    if (known === undefined || isNewer(item, known)) table.set(item.call_key, item);
  }
  return table;
}

/** Written by a run that died: another one read the same again, in the same second for all that its clock knew. */
const isLeftBehind = (lines: readonly RawLine[]) => lines.every(({ committed }) => !committed);

const isSameVersion = (a: Partial<MetricsItem>, b: Item) =>
  isEqual(toItem({ ...a, ingested_at: '', source_batch: '' }), toItem({ ...b, ingested_at: '', source_batch: '' }));

const brief = (item: Item) => `${item.status} of ${item.source_updated_at} taken ${item.ingested_at}`;
