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
  watch: join(ROOT, 'lambdas/handlers/watch-handler.ts'),
  audit: join(ROOT, 'lambdas/handlers/audit-handler.ts'),
};

// bundled CommonJS packages call require() for Node's built-in modules
const REQUIRE = `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);`;

/**
 * Modules that the AWS SDK never imports in a function: credential providers, because the environment of a function always
 * has credentials, and browser detection.
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
 * Modules that functions import on demand, by their import names in package.json. Each is bundled separately. Code shared
 * with a function would go to extra files, which are larger in total, and a cold start would read both.
 */
const LATER_MODULES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(packageJson.imports).filter(([, path]) => path.startsWith('./lambdas/')),
);

/** Imported by the AWS SDK for event streams, which no service that the functions need uses. */
const EVENT_STREAMS = '@smithy/core/event-streams';

/** Modules to bundle, by the name of the file that each becomes. */
type Entries = Readonly<Record<string, string>>;

/**
 * Bundles the code of every function with the AWS SDK, as ES modules with source maps.
 * @param entry module that exports the `handler` of all functions. @default - the handlers of this package
 * @throws esbuild's BuildFailure if the code does not compile
 */
export function bundleIngestCode(scope: Construct, entry?: string): AssetCode {
  // modules do not name their source maps, because our handlers read a map only on an error and not on every start
  if (entry === undefined) return bundleCode(scope, ENTRIES, { ...OURS, external: [EVENT_STREAMS] });
  return bundleCode(scope, Object.fromEntries(Object.keys(ENTRIES).map((name) => [name, entry])), LINKED);
}

/** Bundles the code of the example function with daily totals of each queue. Its module is named like that of ingestion. */
export const bundleTotalsCode = (scope: Construct): AssetCode =>
  bundleCode(scope, { ingest: join(ROOT, 'examples/daily-queue-totals/handler.ts') }, LINKED);

function bundleCode(scope: Construct, entries: Entries, options: BundleOptions): AssetCode {
  const files = new Map<string, string>();
  const later = new Set<string>();
  const add = (name: string, module: string, how: BundleOptions) => {
    const { outputs, imported } = bundleOnce(name, module, how);
    for (const [file, text] of outputs) files.set(file, text);
    for (const each of imported) if (each in LATER_MODULES) later.add(each);
  };
  for (const [name, module] of Object.entries(entries)) add(name, module, options);
  for (const name of later) add(fileOf(name), join(ROOT, LATER_MODULES[name] ?? ''), OURS);
  const imports = Object.fromEntries([...later].sort().map((name) => [name, `./${fileOf(name)}.mjs`]));
  files.set('package.json', JSON.stringify({ type: 'module', imports }));
  const digest = hash('sha256', JSON.stringify([...files]), 'hex').slice(0, 16);
  const folder = join(Stage.of(scope)?.assetOutdir ?? join(ROOT, 'cdk.out'), `ingest-${digest}`);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return Code.fromAsset(folder);
}

/** Reads the file name of an import name: `run-report` for `#run-report`. */
const fileOf = (name: string) => name.slice(1);

interface BundleOptions {
  readonly sourcemap: 'external' | 'linked';
  /** Packages that stay outside. @default - none */
  readonly external?: readonly string[];
}

const OURS: BundleOptions = { sourcemap: 'external' };
const LINKED: BundleOptions = { sourcemap: 'linked' };

const bundles = new Map<string, ReturnType<typeof bundle>>();

/** Bundles a module once, however many stacks of an app need it. */
function bundleOnce(name: string, entry: string, options: BundleOptions) {
  const key = JSON.stringify([name, entry, options]);
  const made = bundles.get(key) ?? bundle(name, entry, options);
  bundles.set(key, made);
  return made;
}

/** A module and its chunks with source maps, by file name, and the names of its imports. */
function bundle(name: string, entry: string, { sourcemap, external = [] }: BundleOptions) {
  const { outputFiles, metafile } = buildSync({
    entryPoints: { [name]: entry },
    // esbuild writes no file here. Source paths are relative to this folder, so every machine builds the same bytes
    outdir: ROOT,
    write: false,
    metafile: true,
    absWorkingDir: ROOT,
    bundle: true,
    // a cold start does not read what the SDK imports later
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
