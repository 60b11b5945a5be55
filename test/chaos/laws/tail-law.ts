import type { TailSource } from '../../../catalog/index.ts';
import type { Row } from '../platform/chaos-collection.ts';
import { difference } from './difference.ts';
import { groupBy, isMark, newest, type RawLine } from './lake-view.ts';
import type { Report } from './violation.ts';

/** A collection ordered by a cursor: every record is there, and its newest version is the one shown. */
export function checkTail(
  source: TailSource,
  lines: readonly RawLine[],
  rows: readonly Row[],
  expects: (order: number) => boolean,
  report: Report,
) {
  const versions = groupBy(lines, ({ record }) => String(record.id));
  for (const { id, order, text, record } of rows) {
    if (!expects(order)) continue;
    const all = versions.get(String(id)) ?? [];
    const known = all.filter((line) => !isMark(line));
    const place = `${id} of ${record[source.cursor]}`;
    if (!known.some((line) => line.committed && line.text === text)) {
      const found = known.map(
        (line) => `${line.record[source.cursor]} in ${line.key}${line.committed ? '' : ' (not committed)'}`,
      );
      report('complete', place, `${text} is not in raw; there is ${found.join(', ') || 'nothing'}`);
      continue;
    }
    // each partition alone, as the views look at them
    const shown = [...groupBy(all, ({ dt }) => dt).values()]
      .flatMap((lines) => newest(source.cursor, lines))
      .filter((line) => !isMark(line));
    checkNewest(source.cursor, place, known, text, report);
    const event = String(record[source.eventTime]).slice(0, 10);
    if (shown.length === 0) report('newest', place, 'is in no partition');
    const elsewhere = shown.find(({ dt }) => dt !== event);
    if (elsewhere !== undefined) report('newest', place, `is shown in dt=${elsewhere.dt}, its event is of ${event}`);
  }
}

function checkNewest(cursor: string, place: string, known: readonly RawLine[], text: string, report: Report): void {
  const top = newest(cursor, known);
  const wrong = top.find((line) => line.text !== text);
  if (wrong === undefined) return;
  const right = known.filter((line) => line.text === text).map(versionOf);
  const tied = top.some((line) => line.text === text) ? 'as well as' : 'instead of';
  report(
    'newest',
    place,
    `the view shows ${versionOf(wrong)} ${tied} ${right.join(', ')}; ${difference(wrong.text, text)}`,
  );
}

const versionOf = ({ extractedAt, batch, committed }: RawLine) =>
  `extracted ${extractedAt.slice(11)} batch ${Number(batch)}${committed ? '' : ' not committed'}`;
