import { copyFile, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { bundleIngestCode, bundleTotalsCode } from '../../lib/ingestion/bundled-code.ts';
import project from '../../package.json' with { type: 'json' };
import { compile, pack, ROOT } from './compile.ts';

const manifestSchema = z.looseObject({ name: z.string() });

/**
 * Makes the tarball of `ccaip-ingest`, the construct for CDK apps: compiled modules, declarations, and the bundles of all functions.
 * @returns its path
 */
export async function packConstruct(destination: string): Promise<string> {
  const folder = join(destination, 'construct');
  await compile(['lib/constructs.ts', 'lib/ingestion/packed-code.ts'], folder);
  const own = join(ROOT, 'packages/construct');
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(own, 'package.json'), 'utf8')));
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...manifest, version: project.version }, null, 2)}\n`,
  );
  await copyFile(join(own, 'README.md'), join(folder, 'README.md'));
  for (const file of ['LICENSE', 'cdk.schema.json']) await copyFile(join(ROOT, file), join(folder, file));
  const queries = join('sql', 'queries');
  for (const file of await readdir(join(ROOT, queries), { recursive: true }))
    if (file.endsWith('.sql')) await cp(join(ROOT, queries, file), join(folder, queries, file));
  const scope = new Stack(new App({ outdir: join(destination, 'bundles') }), 'Bundles');
  await cp(bundleIngestCode(scope).path, join(folder, 'functions/ingest'), { recursive: true });
  await cp(bundleTotalsCode(scope).path, join(folder, 'functions/totals'), { recursive: true });
  return pack(folder, destination);
}
