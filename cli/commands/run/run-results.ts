import { findEndpoint } from '../../../catalog/index.ts';
import { describeError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import type { Results } from './catch-up.ts';

/** Results as `ccaip run --json` prints them: errors are sentences. */
export function toJson(results: Results, environment: Shell['environment']): Record<string, unknown> {
  return Object.fromEntries(
    [...results].map(([name, { error, ...result }]) => [
      name,
      error === undefined ? result : { ...result, error: describeError(error, environment) },
    ]),
  );
}

/**
 * What went wrong, one sentence for each different problem: a wrong password is one problem, however many endpoints
 * stumble over it.
 */
export function listProblems(results: Results, baseUrl: string, environment: Shell['environment']): string[] {
  const problems = new Map<string, string[]>();
  for (const [name, { error }] of results) {
    if (error === undefined) continue;
    const sentence = withoutPath(describeError(error, environment), name, baseUrl);
    problems.set(sentence, [...(problems.get(sentence) ?? []), name]);
  }
  return [...problems].map(([sentence, names]) =>
    names.length === 1 ? `${names[0]}: ${sentence}` : `${sentence} (${names.length} endpoints)`,
  );
}

/** Replaces the address of an endpoint's collection by that of the API, so that equal problems read the same. */
function withoutPath(sentence: string, name: string, baseUrl: string): string {
  const source = findEndpoint(name)?.source;
  if (source === undefined || source.kind === 'nested') return sentence;
  const base = baseUrl.replace(/\/$/, '');
  return sentence.replaceAll(`${base}${source.path}`, base);
}
