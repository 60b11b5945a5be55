import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIAL, ccaip, start, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: Awaited<ReturnType<typeof servePlainly>>;
let dir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'lake');
  platform = await servePlainly(samples());
  await ccaip(runOf(dir), CREDENTIAL);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const runOf = (at: string) => ['run', 'menu', '--base-url', platform.baseUrl, '--tenant', 'acme', '--dir', at];

/** Runs a command with a reader that has gone before anything is printed. */
async function unread(args: readonly string[], closed: 'stdout' | 'stderr') {
  const child = start(args, CREDENTIAL);
  child[closed].destroy();
  const [printed, [code, signal]] = await Promise.all([
    text(closed === 'stdout' ? child.stderr : child.stdout),
    once(child, 'close'),
  ]);
  return { printed, code, signal };
}

describe('a reader that has closed the pipe', () => {
  test.concurrent.each([
    [['--help']],
    [['query', '--list']],
    [['query', 'SELECT * FROM range(100000)', '--json', '--dir']],
    [['status', '--dir']],
    [['truth', '--calls', '3']],
  ])('ends %j without a word', async (args) => {
    const command = args.at(-1) === '--dir' ? [...args, dir] : args;
    expect(await unread(command, 'stdout')).toEqual({ printed: '', code: 0, signal: null });
  });

  test.concurrent('does not stop a run, whose records are in the lake', async () => {
    const at = join(folder.path, 'unread');
    const { printed, code } = await unread([...runOf(at), '--json'], 'stderr');
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ menu: { records: 1 } });
  });
});
