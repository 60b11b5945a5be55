import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeFindings, formatResults } from '../../cli/commands/audit/audit-table.ts';
import { formatAudits } from '../../cli/commands/status/audit-lines.ts';
import { renderCoverage } from '../../cli/report/coverage-calendar.ts';
import { summarize } from '../../lambdas/audit/audit-summary.ts';
import { writeCoverage } from '../../lambdas/audit/coverage-lines.ts';
import { createUnproved, type WindowResult } from '../../lambdas/audit/window-result.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import { newFolder, removeFolder } from '../sql/lake-of-lines.ts';

const DAY = Date.parse('2026-03-02T00:00:00.000Z');
const WINDOW = { from: DAY, until: DAY + 86_399_999 };

const complete: WindowResult = {
  ...createUnproved(WINDOW, { endpoint: 'call', part: 'records' }, ''),
  countedBy: 'total',
  platformCount: 10,
  lakeCount: 10,
  reason: null,
};
const missing: WindowResult = { ...complete, countedBy: 'ids', lakeCount: 8, missing: ['3', '12'] };
const unproved = createUnproved(WINDOW, { endpoint: 'chat', part: 'records' }, 'the budget of 7 requests is spent');

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => removeFolder(folder));

/** Writes the results of an audit at an hour of the next day. */
async function audit(hour: number, ...results: WindowResult[]): Promise<void> {
  const put = async (key: string, body: Uint8Array) => {
    const file = join(folder, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(body));
    return 0;
  };
  const checkedAt = DAY + (24 + hour) * 3_600_000;
  await writeCoverage({ put }, { tenant: 'acme', run: `audit-${hour}`, checkedAt }, results);
}

async function ask(sql: string) {
  await using warehouse = await openWarehouse(folder, { threads: 1 });
  return await warehouse.query(sql);
}

describe('the view coverage', () => {
  it('shows the newest result of each window', async () => {
    await audit(1, missing, unproved);
    await audit(2, { ...complete, healed: 2 });
    const { rows } = await ask(
      'SELECT endpoint, dt, state, missing, healed, platform_count, lake_count, run, reason FROM coverage ORDER BY 1',
    );
    expect(rows).toEqual([
      {
        endpoint: 'call',
        dt: '2026-03-02',
        state: 'healed',
        missing: 0,
        healed: 2,
        platform_count: 10,
        lake_count: 10,
        run: 'audit-2',
        reason: null,
      },
      {
        endpoint: 'chat',
        dt: '2026-03-02',
        state: 'not provable',
        missing: 0,
        healed: 0,
        platform_count: null,
        lake_count: null,
        run: 'audit-1',
        reason: unproved.reason,
      },
    ]);
  });

  it('names what is missing', async () => {
    await audit(1, missing);
    expect((await ask('SELECT missing_ids, counted_by FROM coverage')).rows).toEqual([
      { missing_ids: '["3","12"]', counted_by: 'ids' },
    ]);
  });
});

describe('the view missing_upstream', () => {
  const since = async () => (await ask('SELECT id, missing_upstream_since FROM missing_upstream ORDER BY id')).rows;

  it('keeps the time of the first audit that did not find a record', async () => {
    await audit(1, { ...complete, missingUpstream: ['7'] });
    await audit(2, { ...complete, missingUpstream: ['7', '8'] });
    expect(await since()).toEqual([
      { id: 7, missing_upstream_since: '2026-03-03T01:00:00.000Z' },
      { id: 8, missing_upstream_since: '2026-03-03T02:00:00.000Z' },
    ]);
  });

  it('forgets a record that is shown again', async () => {
    await audit(1, { ...complete, missingUpstream: ['7'] });
    await audit(2, { ...complete, shownAgain: ['7'] });
    expect(await since()).toEqual([]);
  });
});

it('is shown in the report as a calendar of days', async () => {
  await audit(1, missing, unproved);
  const query = (await loadNamedQueries()).find(({ name }) => name === 'coverage');
  if (query === undefined) throw new Error('no query coverage');
  const sql = fillParameters(query, { from: '2026-03-01', to: '2026-03-03' });
  const page = renderCoverage({ name: query.name, question: query.question, sql, ...(await ask(sql)) }).text;
  expect(page).toContain('2 records are missing');
  expect(page).toContain('Not provable: chat: the budget of 7 requests is spent');
  expect(page).toContain('<th scope="row">call</th><td title="missing">✗</td>');
  expect(page).toContain('<th scope="row">chat</th><td title="not provable">?</td>');
});

it('says in the report that a period was not audited', async () => {
  const { columns } = await ask('SELECT dt AS day, endpoint FROM coverage');
  const page = renderCoverage({ name: 'coverage', question: '?', sql: 'SELECT 1', columns, rows: [] }).text;
  expect(page).toContain('The period was not audited');
});

describe('the results as text', () => {
  it('have a row per window, and a sentence per finding', () => {
    expect(formatResults([complete])).toContain('2026-03-02');
    expect(describeFindings([missing, { ...complete, missingUpstream: ['7'] }, unproved])).toEqual([
      'call: 2 records missing: 3, 12',
      'call: the platform no longer shows 1 record: 7',
      'chat: not provable: the budget of 7 requests is spent',
    ]);
  });

  it('end with a line that status shows, too', () => {
    const summary = summarize([{ ...complete, healed: 3 }, unproved], '2026-03-03T01:00:00.000Z', 9);
    expect(formatAudits([{ tenant: 'acme', ...summary }])).toBe(
      'acme: audited 2026-03-03T01:00:00.000Z, proven complete: 1 of 2 endpoints, 2 windows, 9 requests, 3 missing, 3 of them healed\n',
    );
  });
});
