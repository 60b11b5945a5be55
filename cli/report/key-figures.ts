import { renderBehind } from './figure.ts';
import { formatValue, type Unit } from './markup/format.ts';
import { html, type Markup } from './markup/html.ts';
import type { Row } from './markup/row-values.ts';
import type { Answer } from './report-answers.ts';

interface KeyFigure {
  readonly column: string;
  readonly name: string;
  readonly unit: Unit;
  /** The direction of an improvement. Missing if a change is neither good nor bad. */
  readonly good?: 'more' | 'less';
}

const FIGURES: readonly KeyFigure[] = [
  { column: 'offered', name: 'Entries into queues', unit: 'count' },
  { column: 'service_level_percent', name: 'Service level', unit: 'percent', good: 'more' },
  { column: 'abandon_percent', name: 'Gave up', unit: 'percent', good: 'less' },
  { column: 'average_wait', name: 'Average wait', unit: 'seconds', good: 'less' },
  { column: 'average_handle_time', name: 'Average handle time', unit: 'seconds', good: 'less' },
  { column: 'transfer_percent', name: 'Transferred', unit: 'percent', good: 'less' },
  { column: 'chats', name: 'Chats', unit: 'count' },
  { column: 'chat_response_time', name: 'Chat response time', unit: 'seconds', good: 'less' },
];

/** Renders the key figures, each with its value in the previous period. */
export function renderKeyFigures(answer: Answer): Markup {
  const period = answer.rows.find((row) => row.period === 'period');
  const before = answer.rows.find((row) => row.period === 'before');
  return html`<section id="key-figures" aria-labelledby="key-figures-title">
<h2 id="key-figures-title">Key figures</h2>
<dl class="cards">${FIGURES.map((figure) => card(figure, period, before))}</dl>
${renderBehind(answer, true)}
</section>`;
}

function card({ column, name, unit, good }: KeyFigure, period: Row | undefined, before: Row | undefined): Markup {
  return html`<div class="card"><dt>${name}</dt>
<dd class="value">${formatValue(period?.[column], unit)}</dd>
<dd class="change">${change(period?.[column], before?.[column], unit, good)}</dd></div>
`;
}

function change(now: unknown, then: unknown, unit: Unit, good: KeyFigure['good']): Markup {
  if (typeof now !== 'number' || typeof then !== 'number') return html`<span class="was">no data before</span>`;
  const difference = Math.round((now - then) * 10) / 10;
  const was = `${formatValue(then, unit)} before`;
  if (difference === 0) return html`unchanged`;
  const direction = difference > 0 ? 'more' : 'less';
  const verdict =
    good === undefined || isSmall(difference, then, unit) ? 'neutral' : direction === good ? 'better' : 'worse';
  const arrow = difference > 0 ? '▲' : '▼';
  const words = verdict === 'neutral' ? (difference > 0 ? 'up' : 'down') : verdict;
  return html`<span class="${verdict}"><span aria-hidden="true">${arrow}</span> ${amount(Math.abs(difference), then, unit)} ${words}</span> <span class="was">${was}</span>`;
}

/** Whether a change is so small that chance explains it. */
const isSmall = (difference: number, then: number, unit: Unit): boolean =>
  Math.abs(difference) < (unit === 'percent' ? 0.5 : Math.abs(then) / 100);

/** Formats a change: percentages in points, other values as a share of the previous value. */
function amount(difference: number, then: number, unit: Unit): string {
  if (unit === 'percent') return `${formatValue(difference, 'count')} points`;
  return then === 0 ? formatValue(difference, unit) : formatValue((100 * difference) / then, 'percent');
}
