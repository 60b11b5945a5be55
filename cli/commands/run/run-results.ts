import { findEndpoint } from '../../../catalog/index.ts';
import { describeError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import type { Results } from './catch-up.ts';

/** Converts results for `ccaip run --json`. Errors become messages. */
export function toJson(results: Results, environment: Shell['environment']): Record<string, unknown> {
  return Object.fromEntries(
    [...results].map(([name, { error, ...result }]) => [
      name,
      error === undefined ? result : { ...result, error: describeError(error, environment) },
    ]),
  );
}

/**
 * Lists each different problem once. A wrong password is one problem, even if it fails many endpoints.
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

/** Replaces the address of an endpoint's collection by the base URL, so that equal problems have equal messages. */
function withoutPath(sentence: string, name: string, baseUrl: string): string {
  const source = findEndpoint(name)?.source;
  if (source === undefined || source.kind === 'nested') return sentence;
  const base = baseUrl.replace(/\/$/, '');
  return sentence.replaceAll(`${base}${source.path}`, base);
}
