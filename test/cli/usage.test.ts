import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { ccaip, temporaryFolder } from './run-ccaip.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe('help', () => {
  test('lists every command by group on stdout and exits with code 0', async () => {
    const { code, stdout, stderr } = await ccaip(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const groups = [...stdout.matchAll(/^(\w[\w ]+):\n((?: {2}.+\n)+)/gm)].map(([, heading, lines = '']) => [
      heading,
      [...lines.matchAll(/^ {2}([\w-]+) {2,}\S/gm)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(groups)).toMatchObject({
      'Start here': ['demo', 'run', 'help'],
      Ask: ['query', 'report', 'explain', 'reconcile', 'curate'],
      Operate: ['status', 'doctor', 'audit', 'backfill', 'replay', 'rebuild', 'dlq', 'secret'],
      Develop: ['simulate', 'truth'],
    });
    expect(stdout).not.toContain('Commands:');
    expect(stdout).toContain('Exit codes: 0 ok, 1 failed, 2 bad usage');
  });

  test.concurrent('of every command fits 120 characters a line', async () => {
    const { stdout } = await ccaip(['--help']);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name = '']) => name);
    for (const name of names) {
      const help = await ccaip([name, '--help']);
      // an example is one line, so that it can be copied
      const lines = help.stdout.split('\n').filter((line) => !line.startsWith('  $ '));
      expect(lines.filter((line) => line.length > 120)).toEqual([]);
    }
  });

  test.concurrent.each([
    ['demo', '--seed', 'It replaces the folder of an earlier demo and never touches any other folder.'],
    ['run', '--base-url', 'CCAIP_PASSWORD'],
    ['replay', '--dry-run', 'ccaip replay --tenant acme --from 2026-11-01'],
    ['rebuild', '--force', 'ccaip rebuild --dry-run'],
    ['simulate', '--fault-rate', 'ccaip simulate --port 9000'],
    ['simulate', '--quirk', '500 for each page with a certain record'],
    ['truth', '--calls', 'in the menu, in the queue, ringing, connected, over, rated'],
  ])('of %s lists the options and gives examples', async (command, option, sentence) => {
    const { code, stdout, stderr } = await ccaip([command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of [`Usage: ccaip ${command}`, option, '--json', sentence]) expect(stdout).toContain(part);
  });
});

test.concurrent('--version prints the version', async () => {
  expect(await ccaip(['--version'])).toEqual({ code: 0, stdout: `${project.version}\n`, stderr: '' });
});

describe('bad usage exits with code 2 and a hint', () => {
  test.concurrent.each([
    [['runn'], "unknown command 'runn'", 'Did you mean run?'],
    [['run', '--sincee', '3d'], "unknown option '--sincee'", 'Did you mean --since?'],
    [['run', 'call', 'team_three'], 'there is no endpoint "team_three"', 'did you mean "team_tree"?'],
    [['run', 'calls'], 'did you mean "call"?', 'more (ccaip run --help lists all)'],
    [
      ['backfill', '--endpoint', 'calls'],
      'there is no endpoint "calls"',
      'Give --endpoint, one of agent_status_history',
    ],
    [['run', '--since', 'yesterday'], "'yesterday' is invalid", 'a number of days like 30d or a date like 2026-11-02'],
    [['run', '--tenant', 'A_B'], 'tenant "A_B" is not a valid name', 'lower case letters, digits and hyphens'],
    [['run', '--base-url', 'http://127.0.0.1:9/x', '--seats', '8'], '--seats is for the simulator', 'Leave it out'],
    [
      ['run', '--base-url', 'http://127.0.0.1:9/x', '--quirk', 'no-content'],
      '--quirk is for the simulator',
      'Leave it out',
    ],
    [['run', '--dir', ''], "argument '' is invalid", 'Give the name of a folder'],
    [['run', '--seats', '1'], "'1' is invalid", 'from 2 to 2000'],
    [['simulate', '--port', '70000'], "'70000' is invalid", 'from 0 to 65535'],
    [['simulate', '--quirk', 'empty-page'], 'there is no quirk "empty-page"', 'did you mean "empty-pages"?'],
    [['query'], 'give either SQL or --named', 'ccaip query --help'],
    [['query', '--named', 'service-levle'], 'there is no query "service-levle"', 'did you mean "service-level"?'],
  ])('%j', async (args, problem, hint) => {
    const { code, stdout, stderr } = await ccaip(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test('a bare ccaip says what to do first and exits with code 2', async () => {
  const { code, stdout, stderr } = await ccaip([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^Start with:\n( {2}ccaip (demo|run --help|--help) {2,}\S.*\n){3}$/);
});

test('demo never touches a folder that holds something other than an earlier demo', async () => {
  const dir = join(folder.path, 'mine');
  await mkdir(dir);
  await writeFile(join(dir, 'letter.txt'), 'keep me');
  const { code, stdout, stderr } = await ccaip(['demo', '--dir', dir]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `ccaip: ${dir} holds something other than an earlier demo. Choose another folder with --dir, or remove it yourself\n`,
  );
  expect(await readFile(join(dir, 'letter.txt'), 'utf8')).toBe('keep me');
});
