import type { TailSource } from '../../../catalog/index.ts';
import type { Row } from '../platform/chaos-collection.ts';
import { difference } from './difference.ts';
import { groupBy, newest, type RawLine } from './lake-view.ts';
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
    const known = versions.get(String(id)) ?? [];
    const place = `${id} of ${record[source.cursor]}`;
    if (!known.some((line) => line.committed && line.text === text)) {
      const found = known.map(
        (line) => `${line.record[source.cursor]} in ${line.key}${line.committed ? '' : ' (not committed)'}`,
      );
      report('complete', place, `${text} is not in raw; there is ${found.join(', ') || 'nothing'}`);
      continue;
    }
    checkNewest(source.cursor, place, known, text, report);
    const event = String(record[source.eventTime]).slice(0, 10);
    if (known.some(({ dt }) => dt !== event)) report('newest', place, `has a version outside dt=${event}`);
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
