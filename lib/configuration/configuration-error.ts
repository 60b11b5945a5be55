import * as z from 'zod';
import { listNames, suggestName } from './nearest-name.ts';

type Issue = z.core.$ZodIssue;

/** All mistakes of a configuration, one line each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:
${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/**
 * Checks a value against a schema.
 * @param root name of the value in messages, e.g. `ccaip`
 * @throws ConfigurationError with every mistake: its path, the kind of value found there and what is allowed.
 * It never repeats a text, because a credential may stand in the wrong place.
 */
export function parseAll<Schema extends z.ZodType>(schema: Schema, value: unknown, root: string): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: allowed });
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(parsed.error.issues.flatMap((issue) => describe(issue, root, value)));
}

/** Describes what is allowed if the schema has no message for it. */
function allowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[String(issue.expected)] ?? String(issue.expected);
    case 'too_small':
      return issue.origin === 'array'
        ? `at least ${issue.minimum} of them`
        : `a number ${issue.inclusive ? 'not below' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `at most ${issue.maximum} of them` : `a number not above ${issue.maximum}`;
    case 'invalid_value':
      return `${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(', ') : undefined;
    default:
      return undefined;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function describe(issue: Issue, root: string, value: unknown): string[] {
  const place = [root, ...issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))].join('');
  const found = selectValue(value, issue.path);
  if (issue.code === 'invalid_value' && typeof found === 'string')
    return [suggestChoice(`${place} is ${kindOf(found)}`, found, issue.values.map(String))];
  if (issue.code !== 'unrecognized_keys') return [`${place} is ${kindOf(found)}; allowed: ${issue.message}`];
  const names = issue.message.split(', ');
  return issue.keys.map((key) => suggestChoice(`${place}.${key} is an unknown name`, key, names));
}

const suggestChoice = (problem: string, written: string, allowed: readonly string[]): string =>
  `${problem}; ${suggestName(written, allowed)}allowed: ${listNames(allowed, 'cdk.schema.json lists all', written)}`;

function selectValue(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  return typeof value === 'number' ? `the number ${value}` : String(value);
}
