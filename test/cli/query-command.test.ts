import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { CREDENTIAL, ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;
const query = (...args: string[]) => ccaip(['query', ...args, '--dir', dir]);

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'lake');
  const platform = await servePlainly(samples());
  const chosen = ['call', 'menu', '--base-url', platform.baseUrl, '--tenant', 'acme', '--since', '2018-01-01'];
  await ccaip(['run', ...chosen, '--dir', dir], CREDENTIAL);
  await platform.close();
});
afterAll(() => folder.remove());

describe('query', () => {
  test.concurrent('prints a JSON array of row objects and nothing else', async () => {
    const { code, stdout, stderr } = await query('SELECT id, status, rating FROM call ORDER BY id', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('[{"id":397,"status":"assigned","rating":null},{"id":519,"status":"queued","rating":null}]\n');
  });

  test.concurrent('prints an aligned table with numbers on the right, nulls and a row count', async () => {
    const { code, stdout } = await query('SELECT id % 100 AS n, status, rating FROM call ORDER BY id');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '┌────┬──────────┬────────┐',
      '│  n │ status   │ rating │',
      '├────┼──────────┼────────┤',
      '│ 97 │ assigned │ NULL   │',
      '│ 19 │ queued   │ NULL   │',
      '└────┴──────────┴────────┘',
      '2 rows',
      '',
    ]);
  });

  test.concurrent('prints one list per row if the columns do not fit 120 characters', async () => {
    const { code, stdout } = await query('SELECT * FROM call ORDER BY id');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    expect(lines.filter((line) => line.startsWith('──'))).toEqual(['── row 1 ──', '── row 2 ──']);
    expect(stdout).toMatch(/^id +│ 397$/m);
    expect(stdout).toMatch(/^status +│ assigned$/m);
    expect(lines.at(-2)).toBe('2 rows');
  });

  test.concurrent('wraps a long text column if that is enough to fit 120 characters', async () => {
    const { stdout } = await query("SELECT repeat('word ', 12) AS a, repeat('x', 60) AS b");
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    expect(stdout).toContain(`│ ${'x'.repeat(60)} │`);
    expect(stdout.match(/word/g)).toHaveLength(12);
  });

  test.concurrent('cuts a value that is too long for a table', async () => {
    const { stdout } = await query("SELECT repeat('a', 100) AS text");
    expect(stdout.split('\n')[3]).toBe(`│ ${'a'.repeat(59)}… │`);
    for (const line of stdout.split('\n').slice(0, 5)) expect(line).toHaveLength(64);
  });

  test.concurrent.each([
    ['SELEC 1', ['the SQL has a syntax error', 'line 1, at "SELEC 1"']],
    ['SELECT * FROM calls', ['there is no table "calls"; did you mean "call"?', 'raw_call', 'SHOW TABLES lists all']],
    ['SELECT statuss FROM call', ['there is no column "statuss"', 'status']],
    ['SELECT\n  nonsense(id)\nFROM call', ['there is no function "nonsense"', 'line 2']],
  ])('explains in one line what is wrong with %j', async (sql, parts) => {
    const outcome = await query(sql, '--json');
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 1, stdout: '' });
    expect(complaints(outcome)).toHaveLength(1);
    expect(outcome.stderr.trimEnd()).not.toContain('\n');
    for (const part of parts) expect(outcome.stderr).toContain(part);
  });

  test.concurrent.each([
    [`SELECT CAST(chr(27) || '[31m' || chr(155) || 'x' AS INTEGER)`, 1],
    [`SELECT error(chr(27) || ']0;title' || chr(7) || chr(8238))`, 1],
    [`SELECT chr(27) || '[2J' AS a, chr(155) || '1m' AS b, chr(8238) AS c`, 0],
  ])('prints nothing that a terminal would obey: %s', async (sql, code) => {
    for (const more of [[], ['--json']]) {
      const outcome = await query(sql, ...more);
      expect(outcome.code).toBe(code);
      expect(outcome.stdout + outcome.stderr).not.toMatch(OBEYED);
    }
  });

  test.concurrent('writes no file', async () => {
    const file = join(dir, 's3', 'ccaip-lake', 'raw', 'written.csv');
    const { code, stderr } = await query(`COPY (SELECT 1) TO '${file}'`);
    expect([code, stderr]).toEqual([1, expect.stringContaining('a query can only read')]);
    expect(existsSync(file)).toBe(false);
  });

  test.concurrent('reads what only its user can read', async () => {
    const files = await readdir(dir, { recursive: true, withFileTypes: true });
    expect(files.filter((each) => each.isFile()).length).toBeGreaterThan(2);
    for (const { parentPath, name } of files) {
      const { mode } = await stat(join(parentPath, name));
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });

  test.concurrent('names only the nearest tables, and SHOW TABLES lists them all', async () => {
    const { stderr } = await query('SELECT * FROM calls');
    const [, shown = '', more] = /there are ([\w, ]+) and (\d+) more/.exec(stderr) ?? [];
    expect(shown.split(', ')).toHaveLength(6);
    const tables = jsonFrom<{ name: string }[]>(await query('SHOW TABLES', '--json')).map(({ name }) => name);
    expect(tables).toEqual(expect.arrayContaining(shown.split(', ')));
    expect(tables.length).toBeGreaterThanOrEqual(6 + Number(more));
    expect(stderr.length).toBeLessThan(250);
  });

  test.concurrent('lists the named queries, even without a lake', async () => {
    const queries = await loadNamedQueries();
    const questions = queries.map(({ name, question, parameters }) => ({ name, question, parameters }));
    const nowhere = join(folder.path, 'nowhere');
    expect(jsonFrom(await ccaip(['query', '--list', '--json', '--dir', nowhere]))).toEqual(questions);
    const { stdout } = await ccaip(['query', '--list', '--dir', nowhere]);
    for (const { name, question } of questions) expect(stdout).toContain(`${name}\n  ${question}\n`);
    expect(stdout).toContain('    interval     Length of an interval in minutes. 1440 is a day. Default: 30\n');
  });

  test.concurrent('fills in parameters and takes the last day in the folder as today', async () => {
    const counts = async (...args: string[]) => {
      const rows = jsonFrom<{ api_calls: number }[]>(await query('--named', 'api-and-portal', '--json', ...args));
      return rows.map((row) => row.api_calls);
    };
    expect(await counts()).not.toEqual([]);
    expect(await counts('--param', 'from=2030-01-01', '--param', 'to=2030-01-02')).toEqual([]);
    expect(await counts('--param', 'tenant=unknown')).toEqual([]);
  });

  test.concurrent.each([
    [
      ['--param', 'zone=Mars'],
      'parameter zone (Time zone of days and intervals, e.g. Europe/Berlin): give a time zone',
    ],
    [['--param', 'nope=1'], 'transfers has no parameter "nope". It has tenant, from, to, zone'],
    [['--param', 'nope'], 'Give a name and a value'],
  ])('refuses %j for a named query', async (args, reason) => {
    const { code, stdout, stderr } = await query('--named', 'transfers', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  test.concurrent('refuses parameters for SQL', async () => {
    const { code, stderr } = await query('SELECT 1', '--param', 'zone=UTC');
    expect(code).toBe(2);
    expect(stderr).toContain('--param only works with --named');
  });

  test.concurrent('runs a named query', async () => {
    const outcome = await query('--named', 'transfers', '--json');
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonFrom(outcome)).toBeInstanceOf(Array);
  });
});

describe('status', () => {
  test('prints cursor, counts and last run of each endpoint as JSON', async () => {
    const outcome = await ccaip(['status', '--dir', dir, '--json']);
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonFrom(outcome)).toMatchObject([
      {
        tenant: 'acme',
        endpoint: 'call',
        cursor: '2019-09-10T05:12:26.295Z',
        seq: 1,
        records: 2,
        quarantined: 0,
        lastRun: { outcome: 'done' },
        leaseUntil: null,
      },
      { tenant: 'acme', endpoint: 'menu', seq: 1, records: 1, lastRun: { outcome: 'done' }, leaseUntil: null },
    ]);
  });

  test('prints the same as tables that fit 120 characters', async () => {
    const { code, stdout } = await ccaip(['status', '--dir', dir]);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(stdout).toMatch(/│ tenant │ endpoint │ cursor .*│ last run .*│\n/);
    expect(stdout).toMatch(/│ tenant │ endpoint │ .*lease until │\n/);
    expect(stdout).toMatch(/│ acme {3}│ call {5}│ 2019-09-10T05:12:26.295Z │/);
  });
});
