import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PORTAL_REPORTS } from '../../../catalog/portal-reports.ts';
import { DIFFERENCE_REASONS } from '../../../cli/reconcile/difference-reason.ts';
import { readRepositoryFile } from '../../docs/documents.ts';
import { ccaip, complaints, jsonFrom } from '../run-ccaip.ts';
import { DAYS, useReconciledLake } from './reconciled-lake.ts';

const lake = useReconciledLake();

async function reconcile(report: string, text: string | null, ...more: readonly string[]) {
  const file = join(lake().folder, 'portal.csv');
  if (text !== null) await writeFile(file, text);
  return ccaip(['reconcile', '--report', report, '--csv', file, '--dir', lake().folder, ...more]);
}

it('says that everything agrees, with exit code 0', async () => {
  const { code, stdout, stderr } = await reconcile('queued-interactions', lake().write('queued-interactions'));
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^All Queued Interactions of acme, calls, 2026-11-02 to 2026-11-03, UTC\n/);
  expect(stdout).toMatch(/│ Queue Time +│ queue_time +│ +\d+ │ +\d+ │ +0 │/);
  expect(stdout).toContain('"Event Status" is not judged. The portal\'s words beside ours: Queue Ended = answered');
  expect(stdout).toContain('Columns of the export that are not known, see --map: Service Level Target Time\n');
  expect(stdout).toMatch(/Everything agrees\.\n$/);
});

it('gives reasons and examples of differences, with exit code 1', async () => {
  const text = lake().write('queued-interactions', { short: 40 });
  const { code, stdout, stderr } = await reconcile('All Queued Interactions', text);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(
    /Rows only here: \d+ rows, short_abandon: the caller gave up quickly.*\n {4}\d+, session \d+;/,
  );
  const json = await reconcile('queued-interactions', text, '--json');
  expect(json.code).toBe(1);
  expect(jsonFrom(json)).toMatchObject({
    report: 'queued-interactions',
    tenant: 'acme',
    channel: 'call',
    from: DAYS[0],
    to: DAYS[1],
    zone: 'UTC',
    agrees: false,
    key: ['interaction_id'],
    only_here: { reasons: [{ reason: 'short_abandon', examples: expect.arrayContaining([]) }] },
    not_in_api: expect.arrayContaining(['Service Level Target Time']),
  });
});

it('explains a session that was still open when it was read', async () => {
  const [visit] = lake().sessions.flatMap(({ id, facts }) =>
    facts.queue_visits.map(({ visit_id }) => ({ id, visit_id })).filter((each) => each.visit_id !== null),
  );
  const text = `Interaction ID,Queue Time,Started At\n${visit?.visit_id},9:59:59,2026-11-02 08:00:00\n999999,00:10,2026-11-02 09:00:00\n`;
  const { stdout } = await reconcile('queued-interactions', text, '--json');
  const result = JSON.parse(stdout);
  expect(result.columns.find((each: { column: string }) => each.column === 'queue_time').reasons).toMatchObject([
    { reason: 'unexplained', examples: [{ id: `${visit?.visit_id}, session ${visit?.id}`, there: '9:59:59' }] },
  ]);
  expect(result.only_there.reasons).toMatchObject([
    { reason: 'not_in_lake', examples: [{ id: '999999', there: 'row 3' }] },
  ]);
});

describe('fails with what to do', () => {
  const summary = 'Date,Queue,Queue Abandons\n2026-11-02,Billing,3\n';
  it.each([
    [
      'there is no such report',
      'queue-sumary-all',
      summary,
      [],
      2,
      'there is no report "queue-sumary-all"; did you mean "queue-summary-all"?',
    ],
    ['a file without a line', 'queue-summary-all', '', [], 1, 'is empty. Export the report again, with a header line'],
    ['a file without rows', 'queue-summary-all', 'Date,Queue\n', [], 1, 'has a header line but no rows'],
    ['a file that is zipped', 'queue-summary-all', 'PK\u0003\u0004', [], 1, 'is a zip file. Unpack it'],
    [
      'a line with too many fields',
      'queue-summary-all',
      `${summary}2026-11-02,A,1,2,3\n`,
      [],
      1,
      'is not a CSV file: a line has more fields',
    ],
    [
      'a file of something else',
      'queue-summary-all',
      'Name,Age\nAda,36\n',
      [],
      2,
      'has no columns that identify a row of Queue Summary - All Interactions: "Date" and "Queue". It has Name, Age. Name them with --map',
    ],
    [
      'a map of an unknown header',
      'queue-summary-all',
      summary,
      ['--map', 'Nope=queue'],
      2,
      '--map Nope=...: the file has no column "Nope". It has Date, Queue, Queue Abandons',
    ],
    [
      'a map to an unknown column',
      'queue-summary-all',
      summary,
      ['--map', 'Queue=quue'],
      2,
      'has no column "quue"; did you mean "queue"?',
    ],
    ['an unknown zone', 'queue-summary-all', summary, ['--zone', 'Mars'], 2, '--zone Mars is not a time zone'],
    ['an unknown parameter', 'queue-summary-all', summary, ['--param', 'nope=1'], 2, 'has no parameter "nope"'],
    ['an unknown tenant', 'queue-summary-all', summary, ['--tenant', 'beta'], 2, 'there are no calls of tenant "beta"'],
    [
      'rows without a day',
      'performance-types',
      'Type,Total Volume\nVoice Inbound (IVR),3\n',
      [],
      2,
      'have no days, so say which days of Performance Metrics - Types they are: --from',
    ],
    [
      'a period that ends before it begins',
      'queue-summary-all',
      summary,
      ['--to', '2026-11-01'],
      2,
      'the period ends before it begins',
    ],
  ] as const)('if it is given %s', async (_, report, text, more, code, message) => {
    const outcome = await reconcile(report, text, ...more);
    expect(outcome.stdout).toBe('');
    expect([outcome.code, complaints(outcome)]).toEqual([code, [expect.stringContaining(message)]]);
  });

  it('if the file cannot be read', async () => {
    const missing = await ccaip([
      'reconcile',
      '--report',
      'queue-summary-all',
      '--csv',
      '/no/such.csv',
      '--dir',
      lake().folder,
    ]);
    expect([missing.code, complaints(missing)]).toEqual([
      1,
      [expect.stringContaining('cannot read /no/such.csv: there is no such file. Give the CSV file')],
    ]);
  });

  it('if the file is not UTF-8', async () => {
    const file = join(lake().folder, 'latin.csv');
    await writeFile(file, Buffer.from([0x51, 0xfc, 0x0a, 0x41, 0x0a]));
    const outcome = await ccaip(['reconcile', '--report', 'queue-summary-all', '--csv', file, '--dir', lake().folder]);
    expect(complaints(outcome)).toEqual([expect.stringContaining('is not UTF-8 text. Save it as "CSV UTF-8"')]);
  });
});

it('the page about the portal has every report and every reason', () => {
  const page = readRepositoryFile('docs/portal.md');
  for (const { name, title } of PORTAL_REPORTS) {
    expect(page).toContain(`\`${name}\``);
    expect(page).toContain(title.replace('Virtual Agent Escalation', 'Escalation'));
  }
  for (const reason of Object.keys(DIFFERENCE_REASONS)) expect(page).toContain(`\`${reason}\``);
});
