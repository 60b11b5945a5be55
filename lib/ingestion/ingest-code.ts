import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** The functions' entry points in this repository. */
const ENTRIES = {
  ingest: join(ROOT, 'lambdas/handlers/ingest-handler.ts'),
  replay: join(ROOT, 'lambdas/handlers/replay-handler.ts'),
  curate: join(ROOT, 'lambdas/handlers/curate-handler.ts'),
  'plan-backfill': join(ROOT, 'lambdas/handlers/plan-backfill-handler.ts'),
};

/** What a Lambda function's `handler` setting must be. */
export const INGEST_HANDLER = 'ingest.handler';
export const REPLAY_HANDLER = 'replay.handler';
export const CURATE_HANDLER = 'curate.handler';
export const PLAN_HANDLER = 'plan-backfill.handler';

// packages in CommonJS that come into the bundle call require() for Node's own modules
const REQUIRE = `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);`;

/**
 * What the AWS SDK never imports in a function: where it looks for credentials when the environment has none, which a function's
 * always has, and what tells browsers apart.
 */
const NEVER_IMPORTED = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
  'bowser',
];

/**
 * Modules that functions import when they need them, by the names they are imported by (package.json). Each is bundled for
 * itself: code that it shared with a function would lie in files of its own, and be more of it, and a cold start reads both.
 */
const LATER_MODULES: Readonly<Record<string, string>> = packageJson.imports;

/** Imported by the AWS SDK for answers made of events, which none of the services has that a function cannot do without. */
const EVENT_STREAMS = '@smithy/core/event-streams';

/**
 * The code of every function, AWS SDK included: ES modules with their source maps.
 * @param entry module that exports a `handler` for all of them. @default - those of this package
 * @throws esbuild's BuildFailure if it does not compile
 */
export function bundleIngestCode(scope: Construct, entry?: string): AssetCode {
  const files = new Map<string, string>();
  const later = new Set<string>();
  const add = (name: string, module: string, options: BundleOptions) => {
    const { outputs, imported } = bundle(name, module, options);
    for (const [file, text] of outputs) files.set(file, text);
    for (const each of imported) if (each in LATER_MODULES) later.add(each);
  };
  // our handlers read a map when there is an error, not on every start: modules do not name theirs
  const ours = { sourcemap: 'external' } as const;
  const first: BundleOptions = entry === undefined ? { ...ours, external: [EVENT_STREAMS] } : { sourcemap: 'linked' };
  for (const [name, own] of Object.entries(ENTRIES)) add(name, entry ?? own, first);
  for (const name of later) add(fileOf(name), join(ROOT, LATER_MODULES[name] ?? ''), ours);
  const imports = Object.fromEntries([...later].sort().map((name) => [name, `./${fileOf(name)}.mjs`]));
  files.set('package.json', JSON.stringify({ type: 'module', imports }));
  const digest = hash('sha256', JSON.stringify([...files]), 'hex').slice(0, 16);
  const folder = join(Stage.of(scope)?.assetOutdir ?? join(ROOT, 'cdk.out'), `ingest-${digest}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return Code.fromAsset(folder);
}

/** `run-report` of `#run-report`. */
const fileOf = (name: string) => name.slice(1);

interface BundleOptions {
  readonly sourcemap: 'external' | 'linked';
  /** Packages that stay outside. @default - none */
  readonly external?: readonly string[];
}

/** A module and its chunks with their source maps, by their file names; and the names of what they import. */
function bundle(name: string, entry: string, { sourcemap, external = [] }: BundleOptions) {
  const { outputFiles, metafile } = buildSync({
    entryPoints: { [name]: entry },
    // not written by esbuild: sources in the map are relative to this folder, so that every machine gets the same bytes
    outdir: ROOT,
    write: false,
    metafile: true,
    absWorkingDir: ROOT,
    bundle: true,
    // what the SDK imports later is not read on a cold start
    splitting: true,
    chunkNames: 'chunk-[hash]',
    outExtension: { '.js': '.mjs' },
    external: [...NEVER_IMPORTED, ...Object.keys(LATER_MODULES), ...external],
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
  return {
    outputs: outputFiles.map(({ path, text }): [string, string] => [basename(path), text]),
    imported: Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  };
}
