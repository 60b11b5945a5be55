import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { bundleIngestCode } from '../../lib/ingestion/bundled-code.ts';
import { INGEST_HANDLER, REPLAY_HANDLER } from '../../lib/ingestion/handler-names.ts';

function build(): string {
  const code = bundleIngestCode(new Stack(new App(), 'Test'));
  return code.path;
}

describe('the bundle of the functions', () => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  const folder = build();
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.map'))
    .flatMap((file): string[] => JSON.parse(readFileSync(join(folder, file), 'utf8')).sources);

  it.each([INGEST_HANDLER, REPLAY_HANDLER])('loads without installed packages and exports %s', async (name) => {
    expect(relative(join(import.meta.dirname, '../..'), folder)).toMatch(/^\.\./);
    const [file, exported = ''] = name.split('.');
    const module = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${file}.mjs`)).href);
    expect(typeof module[exported]).toBe('function');
  });

  it.each(['ingest', 'replay', 'curate', 'plan-backfill', 'watch', 'audit'])(
    'refuses a malformed event, as the source of %s does',
    async (name) => {
      const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href);
      const failure: unknown = await handler({}, { getRemainingTimeInMillis: () => 1000 }).catch(
        (error: unknown) => error,
      );
      // state machines identify errors by name, and minifying could change names
      expect(failure).toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining('the event does not fit'),
      });
    },
  );

  it('has modules with source maps and names the modules imported on demand', () => {
    const functions = ['audit', 'curate', 'ingest', 'plan-backfill', 'replay', 'watch'];
    const later = ['invoke-again', 'proxy', 'run-report', 's3-objects'];
    const modules = readdirSync(folder).filter((file) => !/^chunk-\w+\.mjs(\.map)?$/.test(file));
    expect(modules.sort()).toEqual(
      ['package.json', ...[...functions, ...later].flatMap((name) => [`${name}.mjs`, `${name}.mjs.map`])].sort(),
    );
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toEqual({
      type: 'module',
      imports: Object.fromEntries(later.map((name) => [`#${name}`, `./${name}.mjs`])),
    });
  });

  it.each(['ingest', 'replay', 'curate', 'watch'])(
    'is one file of at most 600 kB that a cold start of %s reads, the clients that an idle run needs included',
    (name) => {
      const text = readFileSync(join(folder, `${name}.mjs`), 'utf8');
      expect([...text.matchAll(/(?:from|import)"([.#@][^"]+)"/g)]).toEqual([]);
      expect(text).toContain('DynamoDB');
      expect(Buffer.byteLength(text)).toBeGreaterThan(200_000);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(600_000);
    },
  );

  it.each(['invoke-again', 'proxy', 'run-report', 's3-objects'])(
    'has %s, which loads where nothing is installed',
    async (name) => {
      const module = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href);
      expect(Object.values(module).map((each) => typeof each)).toContain('function');
    },
  );

  it.each(['ingest', 'replay', 'curate', 'plan-backfill', 'watch', 'audit'])(
    'tells places in the source when %s fails, though no start reads a source map',
    async (name) => {
      const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href);
      const failure: Error = await handler({}, {}).catch((error: unknown) => error);
      expect(failure.stack).toMatch(new RegExp(`lambdas/handlers/${name}-handler\\.ts:\\d+:\\d+`));
      expect(readFileSync(join(folder, `${name}.mjs`), 'utf8')).not.toContain('sourceMappingURL');
    },
  );

  it('has the same bytes on every machine', () => {
    expect(build().split('/').at(-1)).toBe(folder.split('/').at(-1));
    expect(sources).toContain('lambdas/handlers/ingest-handler.ts');
    expect(sources.filter((source) => source.startsWith('/') || source.startsWith('..'))).toEqual([]);
  });
});

it('code that does not compile fails the synthesis', () => {
  expect(() => bundleIngestCode(new Stack(new App(), 'Test'), join(import.meta.dirname, 'missing.ts'))).toThrow(
    'missing.ts',
  );
});
