import { configDefaults, defineConfig } from 'vitest/config';

/** The tests that mutants of `lambdas/segments` and of the timestamps it reads have to survive: `npm run mutation`. */
export default defineConfig({
  test: {
    include: ['test/catalog/timestamp.test.ts', 'test/segments/**/*.test.ts'],
    // simulates whole centres: too slow for thousands of mutants
    exclude: [...configDefaults.exclude, 'test/segments/fact-laws.test.ts'],
    setupFiles: ['test/segments/mutation.setup.ts'],
    maxWorkers: 1,
    isolate: false,
    pool: 'threads',
    // mutated code on a busy machine is many times slower
    testTimeout: 60_000,
  },
});
