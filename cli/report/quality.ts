import { renderBehind } from './figure.ts';
import { renderTable } from './html-table.ts';
import { formatValue } from './markup/format.ts';
import { html, type Markup } from './markup/html.ts';
import { readNumber, readText } from './markup/row-values.ts';
import type { Answer } from './report-answers.ts';

/** Renders how fresh and complete the data of each endpoint is. */
export function renderQuality(answer: Answer): Markup {
  const quarantined = answer.rows.reduce((sum, row) => sum + readNumber(row, 'quarantined'), 0);
  const gaps = answer.rows.filter((row) => readNumber(row, 'days_without') > 0).map((row) => readText(row, 'endpoint'));
  const newest =
    answer.rows
      .map((row) => readText(row, 'last_extracted_at'))
      .sort()
      .at(-1) ?? '';
  const findings = [
    newest === '' ? html`` : html`<li>The newest data was read on ${newest.slice(0, 16).replace('T', ' ')} UTC.</li>`,
    quarantined === 0
      ? html`<li class="better">Every record of the period passed validation.</li>`
      : html`<li class="worse">${formatValue(quarantined, 'count')} records failed validation and are in quarantine. The named query quarantine shows why.</li>`,
    gaps.length === 0
      ? html`<li class="better">Every endpoint has records on every day.</li>`
      : html`<li class="worse">These endpoints have days without records: ${gaps.join(', ')}. The days were quiet, or data is missing.</li>`,
  ];
  return html`<section id="quality" aria-labelledby="quality-title">
<h2 id="quality-title">Data quality and freshness</h2>
<ul class="findings">${findings}</ul>
${renderTable(answer, ['first_day', 'days', 'complete_percent'])}
${renderBehind(answer, false)}
</section>`;
}
