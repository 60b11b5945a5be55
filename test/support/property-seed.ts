import fc from 'fast-check';

const DEFAULT_SEED = 1;

/**
 * Setup file of the tests: properties draw the same values in every run. `SEED=<integer>` draws others, `SEED=random` draws
 * new ones for each property. A property that fails prints its seed: `SEED=<that seed>` repeats the failure.
 */
const { SEED } = process.env;
if (SEED !== 'random') fc.configureGlobal({ seed: parseSeed(SEED) });

function parseSeed(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_SEED;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new Error(`SEED is "${text}": give an integer, or "random"`);
}
