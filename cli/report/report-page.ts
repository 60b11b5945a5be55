import { readFile } from 'node:fs/promises';
import { figure } from './figure.ts';
import { figuresOf } from './figures.ts';
import { keyFigures } from './key-figures.ts';
import { shownDay } from './markup/format.ts';
import { html, Markup } from './markup/html.ts';
import { daysIn, type Period } from './period.ts';
import { quality } from './quality.ts';
import type { Answers } from './report-answers.ts';

const read = async (name: string) => new Markup(await readFile(new URL(name, import.meta.url), 'utf8'));

/** A report as one HTML text that needs nothing else: no network, no other file. */
export async function pageOf(period: Period, answers: Answers): Promise<string> {
  const { tenant, before, from, to, zone } = period;
  const figures = figuresOf(answers);
  const links = [
    { id: 'key-figures', title: 'Key figures' },
    ...figures,
    { id: 'quality', title: 'Data quality and freshness' },
  ].map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${tenant}: contact centre, ${shownDay(from)} to ${shownDay(to)}</title>
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
<p class="period">${shownDay(from)} to ${shownDay(to)}, ${daysIn(period)} days, compared with the ${daysIn(period)} days from ${shownDay(before)} on. Time zone ${zone}.</p>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main id="main">
${keyFigures(answers['key-figures'])}
${figures.map(figure)}
${quality(answers['data-freshness'])}
</main>
<footer><p>Made with <code>ccaip report</code> from the data lake alone. Every number can be asked for again with the SQL beside it.</p></footer>
<script>
${await read('page.js')}
</script>
</body>
</html>
`;
  return page.text;
}
