import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packConstruct } from '../../cli/packaging/pack-construct.ts';
import { ACME } from '../lib/sample-configuration.ts';
import { type Json, synthesise } from '../lib/template.ts';
import { EmptyProject, findNodes } from './empty-project.ts';

const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { CcaipIngest } from 'ccaip-ingest';

const app = new App({ outdir: process.env.OUT });
const stack = new Stack(app, 'ContactCentre');
new CcaipIngest(stack, 'Ccaip', ${JSON.stringify({ tenants: [ACME], alarmEmail: 'ops@example.com', dailyQueueTotals: {} })});
app.synth();
`;

let destination: string;
let project: EmptyProject;
const nodes = await findNodes();

beforeAll(async () => {
  destination = await mkdtemp(join(tmpdir(), 'ccaip-packages-'));
  project = await EmptyProject.create('ccaip-ingest', await packConstruct(destination), [
    'zod',
    'aws-cdk-lib',
    'constructs',
  ]);
  await project.write('app.js', APP);
}, 240_000);
afterAll(() => Promise.all([project[Symbol.asyncDispose](), rm(destination, { recursive: true })]));

const countTypes = (template: Json) => {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values<Json>(template.Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
};

describe('the package of the construct in an empty project', { timeout: 240_000 }, () => {
  it.each([...nodes])('synthesises an app on Node %i with the bundles that it contains', async (major, node) => {
    const out = join(project.folder, `out-${major}`);
    await project.run('app.js', { OUT: out, CDK_VALIDATION: 'false' }, node);
    const template: Json = JSON.parse(readFileSync(join(out, 'ContactCentre.template.json'), 'utf8'));
    const ours = synthesise({ alarmEmail: 'ops@example.com', dailyQueueTotals: {}, curation: true }).template.toJSON();
    expect(countTypes(template)).toEqual(countTypes(ours));
    const assets: Json = JSON.parse(readFileSync(join(out, 'ContactCentre.assets.json'), 'utf8'));
    const folders = Object.values<Json>(assets.files)
      .map(({ source }) => join(out, source.path))
      .filter((path) => existsSync(join(path, 'ingest.mjs')));
    expect(folders).toHaveLength(2);
    for (const folder of folders) {
      const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'ingest.mjs')).href);
      expect(typeof handler).toBe('function');
    }
  });

  it('says why it does not take another entry', async () => {
    await project.write(
      'entry.js',
      APP.replace("new CcaipIngest(stack, 'Ccaip', {", "new CcaipIngest(stack, 'Ccaip', { entry: 'x.ts',"),
    );
    await expect(project.run('entry.js', { OUT: join(project.folder, 'out-entry') })).rejects.toThrow(
      /entry needs the source of ccaip-ingest/,
    );
  });
});
