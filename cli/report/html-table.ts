import { formatHeading } from './markup/format.ts';
import { html, type Markup } from './markup/html.ts';
import type { Row } from './markup/row-values.ts';
import type { Answer } from './report-answers.ts';

const NUMERIC = /^(bigint|double|integer|decimal|hugeint)/;
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/**
 * Renders an answer as a table with every number of the chart, for readers who cannot see it.
 * @param without columns to leave out
 */
export function renderTable({ columns, rows, question }: Answer, without: readonly string[] = []): Markup {
  const shownColumns = columns.filter(({ name }) => name !== 'tenant' && !without.includes(name));
  const isNumber = (type: string) => NUMERIC.test(type);
  // ids are numbers but not quantities
  const cell = (row: Row, name: string, type: string) => {
    const value = row[name];
    if (value === null || value === undefined) return html`<td class="none">–</td>`;
    if (typeof value === 'number' && isNumber(type))
      return html`<td class="number">${name.endsWith('_id') ? String(value) : NUMBER.format(value)}</td>`;
    return html`<td>${type === 'timestamp' ? `${String(value).slice(0, 19).replace('T', ' ')}` : String(value)}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${question}"><table>
<thead><tr>${shownColumns.map(({ name, type }) => html`<th scope="col"${isNumber(type) ? NUMBER_CLASS : NO_CLASS}>${formatHeading(name)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${shownColumns.map(({ name, type }) => cell(row, name, type))}</tr>\n`)}</tbody>
</table></div>`;
}

const NUMBER_CLASS = html` class="number"`;
const NO_CLASS = html``;
