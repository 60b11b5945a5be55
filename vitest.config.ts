import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

const report = process.env.VITEST_JSON;

// workers and the commands that tests start compile the packages they share once, not once each
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

/**
 * Tests that read templates and change nothing that another file sees. They share one load of the CDK per worker, which takes
 * longer than most of them.
 */
const TEMPLATES = 'test/lib/!(app|deployed-bundle|ingest-code|more-endpoints).test.ts';

/** Folders whose tests share what they import: loading it takes longer than most of them. */
const SHARING =
  'architecture,audit,aws,bounds,common,cost,curation,days,docs,drift,field,lake,ledger,metrics,platform,rebuild,replay,runs,segments,simulator,sources,sql,watch';

/** A test that changes what others see has a separate process: modules, clocks, the environment or globals. */
const CHANGES = /\bvi\.|\bprocess\.(env|chdir)\b|\bglobalThis\b/;

const SHARED = globSync(`test/{${SHARING}}/**/*.test.ts`, { cwd: import.meta.dirname }).filter(
  (file) => !CHANGES.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
);

export default defineConfig({
  test: {
    globalSetup: ['test/support/temporary-folder.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    maxWorkers: 2,
    // its modules import folders, which Node alone does not resolve
    server: { deps: { inline: ['dt-sql-parser'] } },
    // no test takes 20 s on two cores: a machine that is slow and busy does not reach these limits
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, TEMPLATES, ...SHARED],
        },
      },
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      { extends: true, test: { name: 'templates', include: [TEMPLATES], isolate: false } },
    ],
  },
});
