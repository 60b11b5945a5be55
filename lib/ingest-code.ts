import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** The functions' entry points in this repository. */
const INGEST_ENTRY = join(ROOT, 'lambdas/handlers/ingest.ts');
const REPLAY_ENTRY = join(ROOT, 'lambdas/handlers/replay.ts');
const CURATE_ENTRY = join(ROOT, 'lambdas/handlers/curate.ts');
const PLAN_ENTRY = join(ROOT, 'lambdas/handlers/plan-backfill.ts');

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
 * One bundle for every function, AWS SDK included: ES modules with their source maps.
 * @param entry module that exports a `handler` for all of them. @default - those of this package
 * @throws esbuild's BuildFailure if it does not compile
 */
export function ingestCode(scope: Construct, entry?: string): AssetCode {
  const { outputFiles } = buildSync({
    entryPoints: {
      ingest: entry ?? INGEST_ENTRY,
      replay: entry ?? REPLAY_ENTRY,
      curate: entry ?? CURATE_ENTRY,
      'plan-backfill': entry ?? PLAN_ENTRY,
    },
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
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: REQUIRE },
    logLevel: 'silent',
  });
  const digest = hash('sha256', outputFiles.map((file) => file.hash).join(), 'hex').slice(0, 16);
  const folder = join(Stage.of(scope)?.assetOutdir ?? join(ROOT, 'cdk.out'), `ingest-${digest}`);
  mkdirSync(folder, { recursive: true });
  for (const file of outputFiles) writeFileSync(join(folder, basename(file.path)), file.contents);
  return Code.fromAsset(folder);
}
