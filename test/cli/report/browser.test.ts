import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../../cli/commands/report-command.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import { openWarehouse } from '../../../local/warehouse/open-warehouse.ts';
import { removeFolder } from '../../sql/lake-of-lines.ts';
import { hasBrowser, openBrowser } from './browser.ts';
import { reportIn, sampleFolder } from './sample-lake.ts';

// the page's own language: its types are not those of Node.js
const OPEN_FOLDS = "for (const fold of document.querySelectorAll('details')) fold.open = true";
const CHARTS = ['service-level', 'arrivals', 'handle-time', 'occupancy', 'transfers'];

/** What a page said and asked for. */
interface Watched {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
}

describe.skipIf(!hasBrowser)('the report in a browser', () => {
  let dir: string;
  let browser: Browser;
  beforeAll(async () => {
    dir = await sampleFolder();
    await writeReport({ dir, zone: 'UTC', out: reportIn(dir) });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await removeFolder(dir);
  });

  const open = async (width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Watched> => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    // the limit of the test counts
    context.setDefaultTimeout(0);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`file://${reportIn(dir)}`);
    return { page, complaints, requests };
  };

  it.each([360, 1280])('draws marks without errors or requests at %i pixels', async (width) => {
    const { page, complaints, requests } = await open(width);
    for (const id of CHARTS)
      expect([id, await page.locator(`#${id} svg:visible .mark`).count()]).toEqual([id, expect.any(Number)]);
    for (const id of CHARTS) expect(await page.locator(`#${id} svg:visible .mark`).count()).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith('file:') && url !== 'data:,')).toEqual([]);
  });

  it.each([320, 360, 760, 1280])('never scrolls sideways at %i pixels', async (width) => {
    const { page } = await open(width);
    await page.evaluate(OPEN_FOLDS);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it.each(['light', 'dark'] as const)('has no serious accessibility violation in %s mode', async (scheme) => {
    const { page } = await open(1280, scheme);
    await page.evaluate(OPEN_FOLDS);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(`axe.run().then(({ violations }) => violations)`);
    const serious = (violations as { id: string; impact: string; nodes: { html: string }[] }[])
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    expect(serious).toEqual([]);
  });

  it('shows the numbers that its SQL gives', async () => {
    const { page } = await open(1280);
    await using warehouse = await openWarehouse(locateLake(dir));
    const texts = await page.locator('pre code').allTextContents();
    expect(texts).toHaveLength(CHARTS.length + 3);
    // the calendar of days is no table of the rows of its SQL
    for (const sql of texts.filter((text) => !text.includes('FROM coverage'))) {
      const { columns, rows } = await warehouse.query(sql);
      const place = page.locator('section', { has: page.locator('pre code', { hasText: sql.slice(0, 60) }) });
      const cells = await place
        .locator('tbody tr')
        .evaluateAll((lines) => lines.map((line) => [...line.querySelectorAll('td')].map((cell) => cell.textContent)));
      const headings = await place.locator('thead th').allTextContents();
      const shown = columns.filter(({ name }) =>
        headings.includes(name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')),
      );
      const text = (value: unknown, { name, type }: { name: string; type: string }) => {
        if (value === null) return '–';
        if (type === 'timestamp') return String(value).slice(0, 19).replace('T', ' ');
        const isName = typeof value !== 'number' || name.endsWith('_id');
        return isName ? String(value) : value.toLocaleString('en', { maximumFractionDigits: 2 });
      };
      expect(rows.length).toBeGreaterThan(0);
      expect(cells).toEqual(rows.map((row) => shown.map((column) => text(row[column.name], column))));
    }
  });

  it('shows the value of a mark as a tooltip', async () => {
    const { page } = await open(1280);
    const [first] = await page.locator('#service-level .wide .mark title').allTextContents();
    const cells = await page.locator('#service-level tbody tr').first().locator('td').allTextContents();
    expect(first?.replaceAll('\u00a0', ' ')).toContain(`${cells[3]} answered, ${cells[4]} gave up`);
  });

  it('copies the SQL', async () => {
    const { page } = await open(1280);
    await page.locator('#arrivals summary').last().focus();
    await page.keyboard.press('Enter');
    await page.locator('#arrivals button').focus();
    await page.keyboard.press('Enter');
    await page.locator('#arrivals button', { hasText: /Copied|Selected/ }).waitFor();
  });
});
