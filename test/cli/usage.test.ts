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
  test('names every command and the exit codes, on stdout, with code 0', async () => {
    const { code, stdout, stderr } = await ccaip(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of [
      'demo',
      'run',
      'query',
      'status',
      'explain',
      'replay',
      'simulate',
      'truth',
      'doctor',
      'secret',
      'dlq',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('Exit codes: 0 ok, 1 failed, 2 called wrongly');
  });

  test.concurrent('comes with the version', async () => {
    expect(await ccaip(['--version'])).toEqual({ code: 0, stdout: `${project.version}\n`, stderr: '' });
  });

  test.concurrent.each([
    ['demo', '--seed', 'The folder of an earlier demo is replaced; any other folder is left alone.'],
    ['run', '--base-url', 'CCAIP_PASSWORD'],
    ['replay', '--dry-run', 'ccaip replay --tenant acme --from 2026-11-01'],
    ['simulate', '--fault-rate', 'ccaip simulate --port 9000'],
    ['truth', '--calls', 'in the menu, in the queue, ringing, connected, over, rated'],
  ])('of %s tells its options and gives examples', async (command, option, sentence) => {
    const { code, stdout, stderr } = await ccaip([command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of [`Usage: ccaip ${command}`, option, '--json', sentence]) expect(stdout).toContain(part);
  });
});

describe('a wrong call ends with code 2 and says what is meant', () => {
  test.concurrent.each([
    [['runn'], "unknown command 'runn'", 'Did you mean run?'],
    [['run', '--sincee', '3d'], "unknown option '--sincee'", 'Did you mean --since?'],
    [['run', 'call', 'team_three'], 'there is no endpoint "team_three"', 'did you mean "team_tree"?'],
    [['run', '--since', 'yesterday'], "'yesterday' is invalid", 'a number of days like 30d or a date like 2026-11-02'],
    [['run', '--tenant', 'A_B'], 'tenant "A_B" is no valid name', 'lower case letters, digits and hyphens'],
    [['run', '--base-url', 'http://127.0.0.1:9/x', '--seats', '8'], '--seats is for the simulator', 'leave it out'],
    [['run', '--dir', ''], "argument '' is invalid", 'Give the name of a folder'],
    [['run', '--seats', '1'], "'1' is invalid", 'from 2 to 2000'],
    [['simulate', '--port', '70000'], "'70000' is invalid", 'from 0 to 65535'],
    [['query'], 'give either SQL or --named', 'ccaip query --help'],
    [['query', '--named', 'service-levle'], 'there is no question "service-levle"', 'did you mean "service-level"?'],
    [[], 'which command?', 'ccaip --help'],
  ])('%j', async (args, problem, hint) => {
    const { code, stdout, stderr } = await ccaip(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test('the demo leaves a folder alone that is not its own', async () => {
  const dir = join(folder.path, 'mine');
  await mkdir(dir);
  await writeFile(join(dir, 'letter.txt'), 'keep me');
  const { code, stdout, stderr } = await ccaip(['demo', '--dir', dir]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `ccaip: ${dir} holds something else than an earlier demo and is left alone: choose another folder with --dir, or remove it yourself\n`,
  );
  expect(await readFile(join(dir, 'letter.txt'), 'utf8')).toBe('keep me');
});
