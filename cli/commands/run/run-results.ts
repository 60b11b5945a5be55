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

/** A problem of one endpoint, with the path of its collection if the sentence names it. */
interface Problem {
  readonly name: string;
  readonly sentence: string;
  readonly path: string | undefined;
}

/**
 * Lists each different problem once. A wrong password is one problem, even if it fails many endpoints.
 */
export function listProblems(results: Results, baseUrl: string, environment: Shell['environment']): string[] {
  const problems = new Map<string, Problem[]>();
  for (const [name, { error }] of results) {
    if (error === undefined) continue;
    const sentence = describeError(error, environment);
    const common = withoutPath(sentence, name, baseUrl);
    const path = common === sentence ? undefined : findPath(name);
    problems.set(common, [...(problems.get(common) ?? []), { name, sentence, path }]);
  }
  return [...problems].map(([common, [first, ...others]]) => {
    if (first !== undefined && others.length === 0) return `${first.name}: ${first.sentence}`;
    const paths = new Set([first, ...others].flatMap((problem) => problem?.path ?? []));
    const which = paths.size === 0 ? '' : `: ${[...paths].join(', ')}`;
    return `${common} (${others.length + 1} endpoints${which})`;
  });
}

/** Replaces the address of an endpoint's collection by the base URL, so that equal problems have equal messages. */
function withoutPath(sentence: string, name: string, baseUrl: string): string {
  const path = findPath(name);
  if (path === undefined) return sentence;
  const base = baseUrl.replace(/\/$/, '');
  return sentence.replaceAll(`${base}${path}`, base);
}

function findPath(name: string): string | undefined {
  const source = findEndpoint(name)?.source;
  return source === undefined || source.kind === 'nested' ? undefined : source.path;
}
