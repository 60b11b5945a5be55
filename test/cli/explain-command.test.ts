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
