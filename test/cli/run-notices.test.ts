import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { close, listen, Platform } from '../support/fake-platform.ts';
import { CREDENTIAL, ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const inFolder = (name: string) => join(folder.path, name);
const ask = async (sql: string, dir: string) =>
  jsonFrom<Record<string, unknown>[]>(await ccaip(['query', sql, '--dir', dir, '--json']));

// each test mostly waits for the processes that it starts
describe.concurrent('a collection that the tenant lacks', () => {
  const run = (baseUrl: string, dir: string, ...args: string[]) =>
    ccaip(
      ['run', ...args, '--base-url', baseUrl, '--tenant', 'acme', '--since', '2018-01-01', '--dir', dir],
      CREDENTIAL,
    );

  test('is named with the way to switch it off, and the others are read', async ({ onTestFinished }) => {
    const dir = inFolder('lacking');
    const collections = samples();
    collections.delete('/chats');
    const platform = await servePlainly(collections);
    onTestFinished(platform.close);
    const sentence =
      'this tenant has no /chats (404), but /agents can be read: if its path is another, set "path" in place of "enabled"; otherwise ' +
      'switch the endpoint off with "endpoints": {"chat": {"enabled": false}} of the tenant in cdk.json, or ccaip run --without chat';
    const outcome = await run(platform.baseUrl, dir, '--rate', '500');
    expect({ code: outcome.code, said: complaints(outcome) }).toEqual({ code: 1, said: [`chat: ${sentence}`] });
    expect(await ask('SELECT (SELECT count(*) FROM call) AS calls, (SELECT count(*) FROM menu) AS menus', dir)).toEqual(
      [{ calls: 2, menus: 1 }],
    );
    const status = await ccaip(['status', '--dir', dir]);
    expect(status.stdout).toContain(`acme chat: ${sentence}\n`);
    const without = await run(platform.baseUrl, dir, '--rate', '500', '--without', 'chat', '--json');
    expect({ code: without.code, said: complaints(without) }).toEqual({ code: 0, said: [] });
    expect(Object.keys(jsonFrom(without))).not.toContain('chat');
    const none = await run(platform.baseUrl, dir, 'chat', '--without', 'chat');
    expect(none.code).toBe(2);
    expect(complaints(none)).toEqual(['nothing is left to ingest: --without names every endpoint']);
  });

  test('is distinguished from a wrong base URL, whose paths stay in the message', async ({ onTestFinished }) => {
    const platform = await servePlainly(samples());
    onTestFinished(platform.close);
    const wrong = platform.baseUrl.replace('/v1', '/v2');
    const ask = 'check the subdomain, the domain and the path prefix of the base URL';
    expect(complaints(await run(wrong, inFolder('wrong'), 'menu'))).toEqual([
      `menu: ${wrong}/menus answered 404: ${ask}`,
    ]);
    expect(complaints(await run(wrong, inFolder('wrong'), 'menu', 'chat'))).toEqual([
      `${wrong} answered 404: ${ask} (2 endpoints: /chats, /menus)`,
    ]);
  });
});

describe.concurrent('--since before the history in the folder', () => {
  const DAY = 86_400_000;
  const day = (days: number) => new Date(Math.floor(Date.now() / DAY) * DAY - days * DAY).toISOString();

  test('names the command that reads the missing range, and that command works', async ({ onTestFinished }) => {
    const platform = new Platform(Date.now);
    const [call = {}] = samples().get('/calls') ?? [];
    for (let id = 1; id <= 20; id++)
      platform.rows('/calls').push({ ...call, id, created_at: day(40 - 2 * id), updated_at: day(40 - 2 * id) });
    const { baseUrl, close } = await platform.listen();
    onTestFinished(close);
    const dir = inFolder("a user's lake");
    const run = (since: string) =>
      ccaip(['run', 'call', '--base-url', baseUrl, '--rate', '500', '--since', since, '--dir', dir], CREDENTIAL);
    const count = () => ask('SELECT count(*) AS n FROM call', dir);

    const first = await run(day(6));
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).not.toContain('--since');
    expect(await count()).toEqual([{ n: 4 }]);
    // nothing is missing: it is in the folder
    expect((await run(day(3))).stderr).not.toContain('--since');

    const second = await run(day(30));
    expect(second.code).toBe(0);
    const command =
      `ccaip backfill --base-url ${baseUrl} --tenant tenant --dir '${dir.replaceAll("'", "'\\''")}' ` +
      `--endpoint call --from ${day(30)} --to ${day(6)} --rate 500`;
    expect(second.stderr).toContain(
      `--since has no effect on call: runs continue at the cursor. Read what is missing with\n  ${command}\n`,
    );
    expect(await count()).toEqual([{ n: 4 }]);

    const words = ['backfill', '--base-url', baseUrl, '--tenant', 'tenant', '--dir', dir, '--endpoint', 'call'];
    const backfill = await ccaip([...words, '--from', day(30), '--to', day(6), '--rate', '500'], CREDENTIAL);
    expect(backfill.code, backfill.stderr).toBe(0);
    expect(await count()).toEqual([{ n: 16 }]);
    expect((await run(day(30))).stderr).not.toContain('--since');
    expect((await run(day(35))).stderr).toContain(`--from ${day(35)} --to ${day(30)} --rate 500\n`);
  });
});

describe.concurrent('a platform that asks to wait for seconds', () => {
  test('makes the run wait, which it reports, also in its log', async ({ onTestFinished }) => {
    const [menu] = samples().get('/menus') ?? [];
    let isFirst = true;
    const server = createServer((_request, response) => {
      if (isFirst) response.writeHead(503, { 'retry-after': '6' }).end();
      else response.end(JSON.stringify([menu]));
      isFirst = false;
    });
    const baseUrl = await listen(server);
    onTestFinished(() => close(server));
    const args = ['run', 'menu', '--base-url', baseUrl, '--dir', inFolder('patient'), '--json', '--verbose'];
    const outcome = await ccaip(args, CREDENTIAL);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(jsonFrom(outcome)).toMatchObject({ menu: { records: 1 } });
    const sentence = /waiting until 20\d\d-\S+Z: http:\S+\/menus asks for it \(Retry-After\)/;
    const lines = outcome.stderr.split('\n').filter((line) => sentence.test(line));
    expect(lines).toContainEqual(expect.stringMatching(/^waiting until/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +"message": "waiting until/));
  });
});

describe.concurrent('a platform that asks to wait for hours', () => {
  test('ends the run, which reports until when, and nothing is lost', async ({ onTestFinished }) => {
    const dir = inFolder('waiting');
    const [menu] = samples().get('/menus') ?? [];
    let isBusy = true;
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 7_200_000);
    const server = createServer((_request, response) => {
      if (isBusy) response.writeHead(503, { 'retry-after': until.toUTCString() }).end();
      else response.end(JSON.stringify([menu]));
    });
    const baseUrl = await listen(server);
    onTestFinished(() => close(server));
    const run = () => ccaip(['run', 'menu', '--base-url', baseUrl, '--tenant', 'acme', '--dir', dir], CREDENTIAL);
    const waiting = await run();
    expect(waiting.code).toBe(1);
    expect(complaints(waiting)).toEqual([
      expect.stringMatching(
        /^menu: .*\/menus asks to wait until 20\d\d-.*Z \(Retry-After\), longer than this run has time/,
      ),
    ]);
    const said = Date.parse(/until (\S+)/.exec(waiting.stderr)?.[1] ?? '');
    expect(Math.abs(said - until.getTime())).toBeLessThan(60_000);
    isBusy = false;
    const after = await run();
    expect(after.code, after.stderr).toBe(0);
    expect(await ask('SELECT count(*) AS n FROM menu', dir)).toEqual([{ n: 1 }]);
  });
});
