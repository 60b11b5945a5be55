import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIAL, ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;
const explain = (...args: string[]) => ccaip(['explain', ...args, '--dir', dir]);

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'lake');
  const platform = await servePlainly(samples());
  for (const tenant of ['acme', 'beta'])
    await ccaip(
      ['run', 'call', '--base-url', platform.baseUrl, '--tenant', tenant, '--since', '2018-01-01', '--dir', dir],
      CREDENTIAL,
    );
  await platform.close();
  const [call = {}] = samples().get('/calls') ?? [];
  const hostile = {
    ...call,
    id: 900,
    call_type: '\u001b]0;title\u0007',
    status: '\u001b[2J',
    selected_menu: { id: 1, name: '\u009b31m' },
    queue_duration: '\u001b[31m5',
    participants: [
      { id: 1, type: 'agent\u001b[8m', user_id: '\u202e1', connected_at: call.created_at, ended_at: null },
    ],
  };
  const other = await servePlainly(new Map([['/calls', [hostile]]]));
  await ccaip(
    ['run', 'call', '--base-url', other.baseUrl, '--tenant', 'delta', '--since', '2018-01-01', '--dir', dir],
    CREDENTIAL,
  );
  await other.close();
});
afterAll(() => folder.remove());

describe('explain', () => {
  test.concurrent('draws a call and explains each metric', async () => {
    const { code, stdout, stderr } = await explain('519', '--tenant', 'acme');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('call 519 of tenant acme, newest of 1 version\n');
    expect(stdout).toMatch(/^queue .*▶ {2}from 05:12:26 on$/m);
    expect(stdout).toMatch(/^ivr_time +0\.295 s {2}ok +created -> queued$/m);
    expect(stdout).toContain('    queued_at = 2019-09-10T05:12:26.295Z\n');
    expect(stdout).toMatch(/^handle_time +- {2}pending +connected -> ended\n {4}pending: the call is not over/m);
  });

  // the call began less than two hours after midnight, so the lake has a second line with its id
  test.concurrent('prints nothing that a terminal would obey', async () => {
    const { code, stdout } = await explain('900', '--tenant', 'delta');
    expect([code, stdout]).toEqual([0, expect.stringContaining('call 900 of tenant delta, newest of 1 version\n')]);
    expect(stdout).toContain('status ');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test.concurrent('prints one JSON object and nothing else', async () => {
    const outcome = await explain('519', '--tenant', 'beta', '--json');
    expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonFrom(outcome)).toMatchObject({
      tenant: 'beta',
      versions: 1,
      call_id: 519,
      segments: [{ kind: 'ivr' }, { kind: 'queue' }],
      metrics: expect.arrayContaining([
        expect.objectContaining({ metric: 'ivr_time', seconds: 0.295, status: 'ok', because: null }),
      ]),
    });
  });

  test.concurrent.each([
    [['519'], 1, 'several tenants have a call 519. Choose one with --tenant: acme, beta'],
    [['7', '--tenant', 'acme'], 1, 'there is no call 7 of tenant acme in'],
    [['7', '--tenant', 'acme'], 1, 'Examples are 397, 519. To list all, run ccaip query --dir'],
    [['519', '--tenant', 'gamma'], 1, 'there are no calls of tenant gamma in'],
    [['five'], 2, 'Give the id of a call, a whole number.'],
    [['519', '--tenant', "a' OR '1'='1"], 2, 'Give the name of a tenant'],
  ])('says what to do about %j', async (args, code, sentence) => {
    const outcome = await explain(...args);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    expect(outcome.stderr).toContain(sentence);
  });

  test.concurrent('says that nothing was ingested', async () => {
    const outcome = await ccaip(['explain', '519', '--dir', join(folder.path, 'nowhere')]);
    expect(outcome.code).toBe(1);
    expect(complaints(outcome)).toEqual([expect.stringMatching(/^nothing was ingested into .*\. Run ccaip demo/)]);
  });
});
