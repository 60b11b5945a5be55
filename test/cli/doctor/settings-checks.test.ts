import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareSettings, readSettings } from '../../../cli/doctor/settings-checks.ts';
import type { ConfigurationInput } from '../../../lib/constructs.ts';
import { ACME } from '../../lib/sample-configuration.ts';
import { synthesise } from '../../lib/template.ts';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';
const OTHER_KEY = KEY.replace('0a1b', 'ffff');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the stack of a configuration has in its outputs. */
function deploy(configuration: Partial<ConfigurationInput>) {
  const { template } = synthesise(configuration);
  const outputs = template.findOutputs('*');
  const settings: string = outputs.Settings?.Value;
  return {
    tenants: String(outputs.Secrets?.Value)
      .split(',')
      .map((each) => each.replace('ccaip/', '')),
    settings,
  };
}

/** Findings about a changed configuration, as `state subject: found -> todo`. */
async function compare(before: Partial<ConfigurationInput>, after: Partial<ConfigurationInput>): Promise<string[]> {
  const file = join(folder, 'cdk.json');
  await writeFile(file, JSON.stringify({ context: { ccaip: { tenants: [ACME], ...after } } }));
  const written = await readSettings(file);
  if (written === undefined) throw new Error('no settings were read');
  const findings = compareSettings('ccaip', deploy(before), { ...written, file: 'cdk.json' });
  return findings.map(({ state, subject, found, todo }) => `${state} ${subject}: ${found} -> ${todo}`);
}

const PAGE = 'docs/upgrade.md#settings-that-need-care';

describe('settings that would lose or hide data', () => {
  it('are none if nothing changed', async () => {
    const ok = ['ok cdk.json: a deployment creates no empty store and deletes no secret -> null'];
    expect(await compare({}, {})).toEqual(ok);
    const names = { stateTable: 'my-state' };
    expect(await compare({ names, encryptionKeyArn: KEY }, { names, encryptionKeyArn: KEY })).toEqual(ok);
    expect(await compare({}, { names, adopt: ['stateTable'] })).toEqual(ok);
    expect(await compare({}, { tenants: [ACME, { ...ACME, name: 'beta' }] })).toEqual(ok);
  });

  it('are names that are given later, changed or removed', async () => {
    expect(await compare({}, { names: { stateTable: 'my-state' } })).toEqual([
      `warning cdk.json names.stateTable: is my-state, and was not given: CloudFormation creates an empty table, and the old one is no longer read -> if it exists, list stateTable in adopt; otherwise leave the name out (${PAGE})`,
    ]);
    expect(await compare({ names: { lakeBucket: 'my-lake' } }, {})).toEqual([
      `warning cdk.json names.lakeBucket: is not given, and was my-lake: CloudFormation creates an empty bucket, and the old one is no longer read -> keep the name (${PAGE})`,
    ]);
  });

  it('are the name of a tenant that changed, and a tenant that was removed', async () => {
    expect(await compare({}, { tenants: [{ ...ACME, name: 'acme-eu' }] })).toEqual([
      `warning cdk.json tenants: acme is missing: a deployment deletes its secret and hides its data, and acme-eu reads its whole history with an empty secret -> to rename it, keep "name": "acme" and change subdomain, domain or baseUrl (${PAGE})`,
    ]);
    const two = [ACME, { ...ACME, name: 'beta' }];
    expect(await compare({ tenants: two }, {})).toEqual([
      `warning cdk.json tenants: beta is missing: a deployment deletes its secret and hides its data -> to stop reading it, set "enabled": false for its endpoints (${PAGE})`,
    ]);
  });

  it('are the name of the deployment: a second stack beside the first', async () => {
    expect(await compare({}, { name: 'other' })).toEqual([
      `warning cdk.json name: is other: a deployment creates a second stack beside ccaip, with an empty bucket and empty tables -> keep the name ccaip, or give --deployment other to check that one (${PAGE})`,
    ]);
  });

  it('are an encryption key that is changed or removed; a first key is told without harm', async () => {
    for (const [after, text] of [
      [{ encryptionKeyArn: OTHER_KEY }, OTHER_KEY],
      [{}, 'not given'],
    ] as const)
      expect(await compare({ encryptionKeyArn: KEY }, after)).toEqual([
        `warning cdk.json encryptionKeyArn: is ${text}, and was ${KEY}: functions lose the right to use the old key, and cannot read older objects -> let the policy of the old key admit the roles of the functions as long as its objects are there (${PAGE})`,
      ]);
    expect(await compare({}, { encryptionKeyArn: KEY })).toEqual([
      expect.stringMatching(/^warning cdk\.json encryptionKeyArn: is new: /),
    ]);
  });

  it('are mistakes in the file', async () => {
    expect(await compare({}, { retainData: 'yes' as never })).toEqual([
      expect.stringMatching(/^wrong cdk\.json: .*retainData.* -> correct it before you deploy$/s),
    ]);
  });
});

describe('a file', () => {
  it('that is missing, no JSON, or of another program is not compared', async () => {
    expect(await readSettings(join(folder, 'none.json'))).toBeUndefined();
    for (const text of ['{', '{}', '{"context":{}}', '{"context":{"other":1}}']) {
      const file = join(folder, 'other.json');
      await writeFile(file, text);
      expect(await readSettings(file)).toBeUndefined();
    }
  });
});

describe('a deployment of a release without the output', () => {
  it('is compared by its tenants only', async () => {
    const file = join(folder, 'old.json');
    await writeFile(
      file,
      JSON.stringify({ context: { ccaip: { tenants: [ACME], names: { stateTable: 'my-state' } } } }),
    );
    const written = await readSettings(file);
    expect(written && compareSettings('ccaip', { tenants: ['acme'] }, written)).toMatchObject([{ state: 'ok' }]);
    expect(written && compareSettings('ccaip', { tenants: ['old'] }, written)).toMatchObject([{ state: 'warning' }]);
  });
});
