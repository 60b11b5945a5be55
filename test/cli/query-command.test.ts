import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { CREDENTIAL, ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

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

  test.concurrent('prints an aligned table: numbers to the right, nulls shown, rows counted', async () => {
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

  test.concurrent('cuts what is too long for a table, and the table with it', async () => {
    const { stdout } = await query("SELECT repeat('a', 100) AS text");
    expect(stdout.split('\n')[3]).toBe(`│ ${'a'.repeat(59)}… │`);
    for (const line of stdout.split('\n').slice(0, 5)) expect(line).toHaveLength(64);
  });

  test.concurrent.each([
    ['SELEC 1', ['the SQL has a syntax error', 'line 1, at "SELEC 1"']],
    ['SELECT * FROM calls', ['there is no table "calls"', 'call_participant', 'quarantine']],
    ['SELECT statuss FROM call', ['there is no column "statuss"', 'status']],
    ['SELECT\n  nonsense(id)\nFROM call', ['there is no function "nonsense"', 'line 2']],
  ])('explains in one sentence what is wrong with %j', async (sql, parts) => {
    const outcome = await query(sql, '--json');
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 1, stdout: '' });
    expect(complaints(outcome)).toHaveLength(1);
    expect(outcome.stderr.trimEnd()).not.toContain('\n');
    for (const part of parts) expect(outcome.stderr).toContain(part);
  });

  test.concurrent('lists the questions that come with it, without a lake', async () => {
    const queries = await loadNamedQueries();
    const questions = queries.map(({ name, question, parameters }) => ({ name, question, parameters }));
    const nowhere = join(folder.path, 'nowhere');
    expect(jsonFrom(await ccaip(['query', '--list', '--json', '--dir', nowhere]))).toEqual(questions);
    const { stdout } = await ccaip(['query', '--list', '--dir', nowhere]);
    for (const { name, question } of questions) expect(stdout).toContain(`${name}\n  ${question}\n`);
    expect(stdout).toContain('    interval  Length of an interval in minutes; 1440 is a day. Default: 30\n');
  });

  test.concurrent('fills in the parameters of a question, days relative to the last one in the folder', async () => {
    const counts = async (...args: string[]) => {
      const rows = jsonFrom<{ api_calls: number }[]>(await query('--named', 'api-and-portal', '--json', ...args));
      return rows.map((row) => row.api_calls);
    };
    expect(await counts()).not.toEqual([]);
    expect(await counts('--param', 'from=2030-01-01', '--param', 'to=2030-01-02')).toEqual([]);
    expect(await counts('--param', 'tenant=nobody')).toEqual([]);
  });

  test.concurrent.each([
    [
      ['--param', 'zone=Mars'],
      'parameter zone (Time zone of days and intervals, e.g. Europe/Berlin): give a time zone',
    ],
    [['--param', 'nope=1'], 'transfers has no parameter "nope": it has tenant, from, to, zone'],
    [['--param', 'nope'], 'Give a name and a value'],
  ])('refuses %j of a question', async (args, reason) => {
    const { code, stdout, stderr } = await query('--named', 'transfers', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  test.concurrent('refuses parameters for SQL', async () => {
    const { code, stderr } = await query('SELECT 1', '--param', 'zone=UTC');
    expect(code).toBe(2);
    expect(stderr).toContain('--param goes with --named');
  });

  test.concurrent('answers a question by its name', async () => {
    const outcome = await query('--named', 'transfers', '--json');
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonFrom(outcome)).toBeInstanceOf(Array);
  });
});

describe('status', () => {
  test('tells as JSON where each endpoint stands', async () => {
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

  test('tells the same as a table', async () => {
    const { code, stdout } = await ccaip(['status', '--dir', dir]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ tenant │ endpoint │ cursor .*│ lease until │/);
    expect(stdout).toMatch(/│ acme {3}│ call {5}│ 2019-09-10T05:12:26.295Z │/);
  });
});
