import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReport } from '../../../cli/commands/report-command.ts';
import { createPeriod } from '../../../cli/report/create-report.ts';
import { copyViews } from '../../../cli/report/working-copy.ts';
import { locateLake } from '../../../local/aws/local-aws.ts';
import { openWarehouse } from '../../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import { OTHER_YEARS, TIMESTAMP_CASES } from '../../catalog/timestamp-texts.ts';
import { removeFolder } from '../../sql/lake-of-lines.ts';
import { HOSTILE, reportIn, sampleFolder } from './sample-lake.ts';

let dir: string;
let page: string;
beforeAll(async () => {
  dir = await sampleFolder();
  await writeReport({ dir, zone: 'Europe/Berlin', out: reportIn(dir) });
  page = await readFile(reportIn(dir), 'utf8');
});
afterAll(() => removeFolder(dir));

describe('the report', () => {
  it('is one small self-contained file', () => {
    expect(page.length).toBeLessThan(2_000_000);
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:,")/);
    expect(page).not.toMatch(/url\((?!#)|@import/);
    expect(page).toContain("default-src 'none'");
  });

  it('has every section with its SQL', () => {
    const ids = [
      'key-figures',
      'service-level',
      'arrivals',
      'handle-time',
      'occupancy',
      'transfers',
      'coverage',
      'quality',
    ];
    for (const id of ids) expect(page).toContain(`<section id="${id}"`);
    expect(page.match(/<pre /g)).toHaveLength(ids.length);
    expect(page).not.toContain('{{');
  });

  it('escapes names of agents and queues', () => {
    expect(page).not.toContain('<img');
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).toContain('&#60;/script&#62;&#60;img src=x');
  });

  it('is identical when written again', async () => {
    await writeReport({ dir, zone: 'Europe/Berlin', out: join(dir, 'again.html') });
    expect(await readFile(join(dir, 'again.html'), 'utf8')).toBe(page);
  });

  it('says what is missing in a period without data', async () => {
    const out = join(dir, 'empty.html');
    await writeReport({ dir, zone: 'UTC', from: '2030-01-01', to: '2030-01-03', out });
    const empty = await readFile(out, 'utf8');
    expect(empty.match(/There is no data for this figure in the period/g)).toHaveLength(5);
    expect(empty).toContain('no data before');
  });
});

describe('the working copy', () => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await openWarehouse(locateLake(dir), { threads: 2 });
    await copyViews(warehouse, { tenant: 'acme', first: '2026-11-03', last: '2026-11-04' });
  });
  afterAll(() => warehouse.close());

  it.each([
    'session_outcome',
    'queue_visit',
    'agent_leg',
    'transfer',
    'status_interval',
    'chat',
    'agent_status_history',
  ])('has the rows of the view %s', async (name) => {
    const { columns } = await warehouse.query(`SELECT * FROM ${name} LIMIT 0`);
    const names = columns.map((column) => column.name).join(', ');
    const view = `SELECT ${names} FROM ccaip.${name} WHERE dt IN ('2026-11-03', '2026-11-04')`;
    const { rows } = await warehouse.query(`
      SELECT
        (SELECT count(*) FROM ${name}) AS copied,
        (SELECT count(*) FROM (SELECT ${names} FROM ${name} EXCEPT ALL ${view})) AS more,
        (SELECT count(*) FROM (${view} EXCEPT ALL SELECT ${names} FROM ${name})) AS fewer`);
    expect(rows).toEqual([{ copied: expect.any(Number), more: 0, fewer: 0 }]);
    expect(rows[0]?.copied).toBeGreaterThan(10);
  });

  it('reads timestamps in the same way as the views', async () => {
    const cases = [...TIMESTAMP_CASES, ...OTHER_YEARS];
    const texts = cases.map(([text], index) => `(${index}, '${text}')`).join(', ');
    const { rows } = await warehouse.query(
      `SELECT text, instant(text) AS value FROM (VALUES ${texts}) AS texts (place, text) ORDER BY place`,
    );
    expect(rows.map(({ text, value }) => [text, value])).toEqual(cases);
  });
});

describe('the period', () => {
  const given = { tenant: 'acme', zone: 'UTC' };
  it.each([
    ['the last four weeks', {}, '2026-01-01', { before: '2026-10-05', from: '2026-11-02', to: '2026-11-29' }],
    ['the later half', {}, '2026-11-20', { before: '2026-11-20', from: '2026-11-25', to: '2026-11-29' }],
    ['one day', {}, '2026-11-29', { before: '2026-11-28', from: '2026-11-29', to: '2026-11-29' }],
    ['what was asked', { from: '2026-11-01', to: '2026-11-02' }, '2026-01-01', { before: '2026-10-30' }],
  ])('is %s', (_, asked, first, expected) => {
    expect(createPeriod({ ...given, ...asked }, { first, last: '2026-11-29' })).toMatchObject(expected);
  });
});

it('the fixture has the hostile name', async () => {
  await using warehouse = await openWarehouse(locateLake(dir), { threads: 1 });
  const { rows } = await warehouse.query('SELECT DISTINCT queue_name FROM call');
  expect(rows.map(({ queue_name }) => queue_name)).toContain(HOSTILE);
});
