import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** The functions' entry points in this repository. */
const ENTRIES = {
  ingest: join(ROOT, 'lambdas/handlers/ingest.ts'),
  replay: join(ROOT, 'lambdas/handlers/replay.ts'),
  curate: join(ROOT, 'lambdas/handlers/curate.ts'),
  'plan-backfill': join(ROOT, 'lambdas/handlers/plan-backfill.ts'),
};

/** What a Lambda function's `handler` setting must be. */
export const INGEST_HANDLER = 'ingest.handler';
export const REPLAY_HANDLER = 'replay.handler';
export const CURATE_HANDLER = 'curate.handler';
export const PLAN_HANDLER = 'plan-backfill.handler';

// packages in CommonJS that come into the bundle call require() for Node's own modules
const REQUIRE = `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);`;

/**
 * Where the AWS SDK looks for credentials when the environment has none, which a function's always has. It imports these only
 * then; they are a sixth of the bundle.
 */
const OTHER_CREDENTIAL_PROVIDERS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/**
 * The code of every function, AWS SDK included: ES modules with their source maps. Each is bundled for itself: code shared between
 * them would lie in more files, and every file costs a cold start a millisecond.
 * @param entry module that exports a `handler` for all of them. @default - those of this package
 * @throws esbuild's BuildFailure if it does not compile
 */
export function ingestCode(scope: Construct, entry?: string): AssetCode {
  const files = new Map(
    Object.entries(ENTRIES).flatMap(([name, own]) => [
      ...bundle(name, entry ?? own, entry === undefined ? 'external' : 'linked'),
    ]),
  );
  const digest = hash('sha256', JSON.stringify([...files]), 'hex').slice(0, 16);
  const folder = join(Stage.of(scope)?.assetOutdir ?? join(ROOT, 'cdk.out'), `ingest-${digest}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return Code.fromAsset(folder);
}

/**
 * A function's modules and their source maps by their file names.
 * @param sourcemap `external`: modules do not name their maps, for our handlers read them when there is an error, not on every start
 */
function bundle(name: string, entry: string, sourcemap: 'external' | 'linked'): Map<string, string> {
  const { outputFiles } = buildSync({
    entryPoints: { [name]: entry },
    // not written by esbuild: sources in the map are relative to this folder, so that every machine gets the same bytes
    outdir: ROOT,
    write: false,
    absWorkingDir: ROOT,
    bundle: true,
    // what is imported only when it is needed is not read on a cold start
    splitting: true,
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    external: OTHER_CREDENTIAL_PROVIDERS,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap,
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: REQUIRE },
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}
