import { parseTimestamp } from '../../catalog/timestamp.ts';
/** A parameter of a named query, declared in its header and used as `{{name}}`. */
export interface Parameter {
  readonly name: string;
  /**
   * `date` (`2026-11-02`, `today` or `today-7`), `zone` (IANA time zone), `pattern` (of `LIKE`), `whole` (number from 0 on),
   * or the allowed numbers or words, e.g. `15|30|60` or `in|out`.
   */
  readonly type: string;
  /** Value if none is given. */
  readonly default: string;
  /** Meaning in one sentence. */
  readonly doc: string;
}

/** The text of a query with placeholders for its parameters. */
export interface QueryTemplate {
  readonly name: string;
  readonly template: string;
  readonly parameters: readonly Parameter[];
}

/** A value is invalid for its parameter, or there is no such parameter. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

const DECLARATION = /^-- {3}(\w+) +(\S+) +(\S+) +(\S.*)$/;

/** Parses the parameters that a query's header declares below the line `-- Parameters:`. */
export function parseParameters(header: string): Parameter[] {
  const [, declarations = ''] = header.split('-- Parameters:\n');
  return declarations.split('\n').flatMap((line) => {
    const [, name, type, byDefault, doc] = DECLARATION.exec(line) ?? [];
    if (name === undefined || type === undefined || byDefault === undefined || doc === undefined) return [];
    return [{ name, type, default: byDefault, doc }];
  });
}

const PLACEHOLDER = /\{\{(dt )?(\w+)((?:[+-]\w+)*)\}\}/g;
const MOVE = /([+-])(\w+)/g;

/** Lists the parameters that a text uses, e.g. `from` and `ahead` of `{{dt from-1-ahead}}`. */
export const listUsedParameters = (template: string): Set<string> =>
  new Set(
    [...template.matchAll(PLACEHOLDER)].flatMap(([, , key = '', moves = '']) => [
      key,
      ...[...moves.matchAll(MOVE)].flatMap(([, , by = '']) => (/^\d+$/.test(by) ? [] : [by])),
    ]),
  );

/**
 * Fills values into the text of a query. `{{from}}` becomes a date. `{{dt from-1}}` becomes the text of the day before in the
 * format of the partition `dt`, and `{{dt from-ahead}}` that of as many days before as the parameter `ahead` says.
 * @param given values by name. The others get their defaults
 * @param today the day (YYYY-MM-DD) that `today` means. Without it, the engine uses its own date when the query runs
 * @throws ParameterError if a value is invalid or has no parameter
 */
export function fillParameters(
  { name, template, parameters }: QueryTemplate,
  given: Readonly<Record<string, string>> = {},
  today?: string,
): string {
  const known = parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(given).find((each) => !known.includes(each));
  if (unknown !== undefined)
    throw new ParameterError(`${name} has no parameter "${unknown}". It has ${known.join(', ') || 'none'}`);
  const values = new Map(
    parameters.map((parameter) => [
      parameter.name,
      checked(parameter, given[parameter.name] ?? parameter.default, today),
    ]),
  );
  const find = (key: string): Value => {
    const value = values.get(key);
    if (value === undefined)
      throw new Error(`sql/queries/${name}.sql uses {{${key}}}, which its header does not declare`);
    return value;
  };
  const countDays = (text: string): number => {
    const value = /^\d+$/.test(text) ? { constant: text } : find(text);
    return 'constant' in value ? Number(value.constant) : Number.NaN;
  };
  return template.replaceAll(PLACEHOLDER, (_, dt: string | undefined, key: string, moves: string) => {
    const value = find(key);
    const days = [...moves.matchAll(MOVE)].reduce(
      (sum, [, sign, by = '']) => sum + (sign === '-' ? -1 : 1) * countDays(by),
      0,
    );
    const moved = 'day' in value ? { ...value, offset: value.offset + days } : value;
    return dt === undefined ? expressionOf(moved) : partitionOf(moved);
  });
}

/** A checked value: the text of an SQL constant, or an offset in days from a day or from the engine's date. */
type Value = { readonly constant: string } | { readonly day: string | undefined; readonly offset: number };

function checked({ name, type, doc }: Parameter, text: string, today: string | undefined): Value {
  const refuse = (what: string): never => {
    throw new ParameterError(`parameter ${name} (${doc.replace(/\.$/, '')}): give ${what}, not "${text}"`);
  };
  switch (type) {
    case 'date': {
      const [, offset] = /^today([+-]\d{1,5})?$/.exec(text) ?? ['', null];
      if (offset !== null) return { day: today, offset: Number(offset ?? 0) };
      return isDay(text) ? { day: text, offset: 0 } : refuse('a date like 2026-11-02, or today or today-7');
    }
    case 'zone':
      return isZone(text) ? { constant: quoted(text) } : refuse('a time zone like UTC or Europe/Berlin');
    case 'pattern':
      return { constant: quoted(text) };
    case 'whole':
      return /^\d{1,15}$/.test(text) ? { constant: String(Number(text)) } : refuse('a whole number from 0 on');
    default:
      return type.split('|').includes(text)
        ? { constant: quoteWord(text) }
        : refuse(`one of ${type.replaceAll('|', ', ')}`);
  }
}

function expressionOf(value: Value): string {
  if ('constant' in value) return value.constant;
  if (value.day !== undefined) return `DATE '${addDays(value.day, value.offset)}'`;
  return value.offset === 0 ? 'current_date' : `date_add('day', ${value.offset}, current_date)`;
}

function partitionOf(value: Value): string {
  if ('constant' in value) return value.constant;
  if (value.day !== undefined) return `'${addDays(value.day, value.offset)}'`;
  return `date_format(${expressionOf(value)}, '%Y-%m-%d')`;
}

/** Computes the day a number of days after another, or before it if the number is negative. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Whether a text is a day of the calendar, YYYY-MM-DD. */
export const isDay = (text: string): boolean => parseTimestamp(`${text}T00:00:00Z`) !== null;

/** Whether a text is an IANA zone name, which both engines accept. DuckDB does not accept an offset such as `+02:00`. */
export function isZone(text: string): boolean {
  try {
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}

const quoteWord = (text: string): string => (/^\d+$/.test(text) ? text : quoted(text));

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
