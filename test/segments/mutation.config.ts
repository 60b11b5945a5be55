import { defineConfig } from 'vitest/config';

/** The tests that mutants of `lambdas/segments` have to survive: `npm run mutation`. */
export default defineConfig({
  test: {
    include: ['test/segments/**/*.test.ts'],
    setupFiles: ['test/segments/mutation.setup.ts'],
    maxWorkers: 1,
    isolate: false,
    pool: 'threads',
  },
});
