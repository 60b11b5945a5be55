import { type Chart, drawChart } from './charts/chart.ts';
import { renderTable } from './html-table.ts';
import { html, type Markup } from './markup/html.ts';
import type { Answer } from './report-answers.ts';

export interface Figure {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** Explains the figure in one or two sentences. */
  readonly text: string;
  readonly answer: Answer;
  readonly charts: readonly Drawing[];
}

interface Drawing {
  readonly caption?: string;
  readonly chart: Chart;
  readonly legend?: readonly LegendItem[];
}

export interface LegendItem {
  readonly name: string;
  /** Number of the colour in the style sheet, from 1. */
  readonly colour: number;
}

/** Renders a section with its explanation, drawings, numbers as a table, and SQL. */
export function renderFigure({ id, title, text, answer, charts }: Figure): Markup {
  const body =
    answer.rows.length === 0
      ? [html`<p class="empty">There is no data for this figure in the period.</p>`]
      : charts.map(drawing);
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="lead">${text}</p>
${body}
${renderBehind(answer, true)}
</section>`;
}

function drawing({ caption, chart, legend = [] }: Drawing): Markup {
  const items = legend.map(({ name, colour }) => html`<li><span class="swatch c${colour}"></span>${name}</li>`);
  return html`<figure>
${caption === undefined ? html`` : html`<figcaption>${caption}</figcaption>`}
${items.length === 0 ? html`` : html`<ul class="legend">${items}</ul>`}
${drawChart(chart)}
</figure>`;
}

/** Renders the numbers and the SQL as collapsed details. */
export function renderBehind(answer: Answer, withTable: boolean): Markup {
  const table = html`<details><summary>Numbers as a table</summary>${renderTable(answer)}</details>`;
  return html`<div class="behind">
${withTable ? table : html``}
<details><summary>The SQL behind it</summary>
<p>This is the named query <code>${answer.name}</code>. The same text runs in Athena. <button type="button" class="copy">Copy</button></p>
<pre class="scroll" tabindex="0"><code>${answer.sql.trimEnd()}</code></pre>
</details>
</div>`;
}
