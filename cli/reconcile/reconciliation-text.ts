import { count } from '../terminal/counting.ts';
import { formatTable } from '../terminal/text-table.ts';
import { wrapWords } from '../terminal/wrap-words.ts';
import { DIFFERENCE_REASONS, type DifferenceExample, type ReasonCount } from './difference-reason.ts';
import type { OneSided, Reconciliation, WordResult } from './reconciliation.ts';

const MAX_PAIRS = 8;

/** Describes a reconciliation in words and a table. */
export function describeReconciliation(result: Reconciliation): string {
  const { rows, key, columns, words, shift_minutes: shift } = result;
  const outside = rows.outside === 0 ? '' : `, and ${count(rows.outside, 'row')} outside the period`;
  return [
    `${count(rows.there, 'row')} in the export${outside}; ${count(rows.here, 'row')} here; ${rows.joined.toLocaleString('en')} joined by ${key.join(' and ')}`,
    ...(shift === 0 ? [] : [`The clock of the export is ${shift} minutes ahead of the zone`]),
    formatTable(
      ['column', 'here', 'agree', 'rounding', 'differ'],
      columns.map(({ header, column, agree, rounding, differ }) => [header, column, agree, rounding, differ]),
    ),
    ...columns.flatMap(({ header, reasons }) => describeReasons(`"${header}" differs`, reasons)),
    ...describeSide('only in the export', result.only_there),
    ...describeSide('only here', result.only_here),
    ...words.map((each) => wrapWords(describeWords(each))),
    ...describeList('Columns of the export that are not known, see --map', result.unknown_columns),
    ...describeList('Columns of the report that the export does not have', result.absent_columns),
    result.agrees ? 'Everything agrees.' : 'The export and the lake differ.',
    '',
  ].join('\n');
}

const describeSide = (side: string, { reasons }: OneSided): string[] => describeReasons(`Rows ${side}`, reasons);

const describeReasons = (what: string, reasons: readonly ReasonCount[]): string[] =>
  reasons.map(
    ({ reason, rows, examples }) =>
      `${what}: ${count(rows, 'row')}, ${reason}: ${DIFFERENCE_REASONS[reason]}\n    ${examples.map(describeExample).join('; ')}`,
  );

function describeExample({ id, there, here }: DifferenceExample): string {
  if (here === null && there === null) return id;
  return here === null && there?.startsWith('row ') === true
    ? `${id} (${there})`
    : `${id}: ${there ?? 'nothing'} there, ${here ?? 'nothing'} here`;
}

function describeWords({ header, pairs }: WordResult): string {
  const shown = pairs
    .slice(0, MAX_PAIRS)
    .map(({ there, here, rows }) => `${there ?? 'nothing'} = ${here ?? 'nothing'} (${rows})`);
  return `"${header}" is not judged. The portal's words beside ours: ${shown.join(', ')}${pairs.length > MAX_PAIRS ? ', ...' : ''}`;
}

const describeList = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [wrapWords(`${what}: ${names.join(', ')}`)];
