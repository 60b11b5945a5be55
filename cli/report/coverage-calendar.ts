import { renderBehind } from './figure.ts';
import { formatDay } from './markup/format.ts';
import { html, type Markup } from './markup/html.ts';
import { readNumber, readText } from './markup/row-values.ts';
import type { Answer } from './report-answers.ts';

/** States of a day, the one that matters most first, with their signs. */
const STATES = [
  ['missing', '✗'],
  ['not provable', '?'],
  ['healed', '+'],
  ['complete', '✓'],
] as const;

/** Renders which days of which endpoints are proven complete. A day that was not audited is empty. */
export function renderCoverage(answer: Answer): Markup {
  const days = [...new Set(answer.rows.map((row) => readText(row, 'day')))].sort();
  const byEndpoint = Map.groupBy(answer.rows, (row) => readText(row, 'endpoint'));
  return html`<section id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">Proven complete</h2>
${
  days.length === 0
    ? html`<p>The period was not audited. Run <code>ccaip audit</code>.</p>`
    : html`<ul class="findings">${renderFindings(answer)}</ul>
<p>${STATES.map(([state, sign]) => html`${sign} ${state} `)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Proven complete"><table>
<thead><tr><th scope="col">endpoint</th>${days.map((day) => html`<th scope="col" title="${formatDay(day)}">${day.slice(5)}</th>`)}</tr></thead>
<tbody>${[...byEndpoint].map(([endpoint, rows]) => renderEndpoint(endpoint, days, rows))}</tbody>
</table></div>`
}
${renderBehind(answer, false)}
</section>`;
}

type Row = Answer['rows'][number];

function renderEndpoint(endpoint: string, days: readonly string[], rows: readonly Row[]): Markup {
  const byDay = Map.groupBy(rows, (row) => readText(row, 'day'));
  const cells = days.map((day) => {
    const states = new Set((byDay.get(day) ?? []).map((row) => readText(row, 'state')));
    const [state, sign] = STATES.find(([each]) => states.has(each)) ?? ['not audited', ''];
    return html`<td title="${state}">${sign}</td>`;
  });
  return html`<tr><th scope="row">${endpoint}</th>${cells}</tr>`;
}

function renderFindings({ rows }: Answer): Markup[] {
  const sum = (name: string) => rows.reduce((all, row) => all + readNumber(row, name), 0);
  const reasons = new Set(
    rows
      .filter((row) => readText(row, 'state') === 'not provable')
      .map((row) => `${readText(row, 'endpoint')}: ${readText(row, 'reason')}`),
  );
  const [missing, healed, upstream] = [sum('missing'), sum('healed'), sum('missing_upstream')];
  return [
    missing === 0
      ? html`<li class="better">The audit found no record missing.</li>`
      : html`<li class="worse">${missing} records are missing. Run ccaip audit --heal.</li>`,
    ...(healed === 0 ? [] : [html`<li>${healed} records were missing and were read again.</li>`]),
    ...(upstream === 0
      ? []
      : [html`<li>The platform no longer shows ${upstream} records. They stay in the lake.</li>`]),
    ...[...reasons].map((reason) => html`<li class="worse">Not provable: ${reason}</li>`),
  ];
}
