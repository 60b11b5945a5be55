import { defineConfig } from 'vitest/config';

const report = process.env.VITEST_JSON;

export default defineConfig({
  test: {
    include: ['test/trino/**/*.trino.ts'],
    globalSetup: ['test/support/temporary-folder.ts', 'test/trino/global-setup.ts'],
    // one server for all: one file ingests while another asks
    maxWorkers: 2,
    maxConcurrency: 3,
    testTimeout: 240_000,
    hookTimeout: 300_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
