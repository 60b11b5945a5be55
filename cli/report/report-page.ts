import { readFile } from 'node:fs/promises';
import { renderCoverage } from './coverage-calendar.ts';
import { renderFigure } from './figure.ts';
import { renderFigures } from './figures.ts';
import { renderKeyFigures } from './key-figures.ts';
import { formatDay } from './markup/format.ts';
import { html, Markup } from './markup/html.ts';
import { countDays, type Period } from './period.ts';
import { renderQuality } from './quality.ts';
import type { Answers } from './report-answers.ts';

const read = async (name: string) => new Markup(await readFile(new URL(name, import.meta.url), 'utf8'));

/** Renders a report as one self-contained HTML text. */
export async function renderPage(period: Period, answers: Answers): Promise<string> {
  const { tenant, before, from, to, zone } = period;
  const figures = renderFigures(answers);
  const links = [
    { id: 'key-figures', title: 'Key figures' },
    ...figures,
    { id: 'coverage', title: 'Proven complete' },
    { id: 'quality', title: 'Data quality and freshness' },
  ].map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${tenant}: contact centre, ${formatDay(from)} to ${formatDay(to)}</title>
<link rel="icon" href="data:,">
<style>
${await read('page.css')}
</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header>
<p class="eyebrow">Contact centre report</p>
<h1>${tenant}</h1>
<p class="period">${formatDay(from)} to ${formatDay(to)}, ${countDays(period)} days, compared with the ${countDays(period)} days from ${formatDay(before)}. Time zone ${zone}.</p>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main id="main">
${renderKeyFigures(answers['key-figures'])}
${figures.map(renderFigure)}
${renderCoverage(answers.coverage)}
${renderQuality(answers['data-freshness'])}
</main>
<footer><p>Made with <code>ccaip report</code> from the data lake. Use the SQL of a figure to reproduce its numbers.</p></footer>
<script>
${await read('page.js')}
</script>
</body>
</html>
`;
  return page.text;
}
