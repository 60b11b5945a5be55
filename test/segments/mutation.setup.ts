import fc from 'fast-check';

// The same few calls in every run, so that a mutant that is killed stays killed; a counterexample need not be a small one.
fc.configureGlobal({ seed: 1, numRuns: 60, endOnFailure: true });
