import type * as z from 'zod/mini';
import { isObject, type ParsedJson } from '../common/json.ts';
import type { RawRecord } from '../lake/lake-records.ts';

/** A record that fits its schema, or the reason why it does not. */
export type Validated =
  | { readonly record: RawRecord; readonly reason?: never }
  | { readonly reason: string; readonly record?: never };

/** Validates each row once: its cursor and its acceptance both depend on the result. */
export class RowValidator {
  readonly #schema: z.ZodMiniType;
  readonly #known = new WeakMap<ParsedJson, Validated>();

  constructor(schema: z.ZodMiniType) {
    this.#schema = schema;
  }

  check(row: ParsedJson): Validated {
    let result = this.#known.get(row);
    if (result === undefined) {
      result = row.flaw === undefined ? validate(this.#schema, row.value) : { reason: row.flaw };
      this.#known.set(row, result);
    }
    return result;
  }
}

/** Checks a row against its endpoint's schema; the row itself is kept as it came. */
export function validate(schema: z.ZodMiniType, row: unknown): Validated {
  if (!isObject(row))
    return { reason: `not an object but ${row === null ? 'null' : Array.isArray(row) ? 'an array' : typeof row}` };
  const result = schema.safeParse(row);
  return result.success
    ? { record: row }
    : { reason: result.error.issues.map((issue) => reasonOf(issue, row)).join('; ') };
}

function reasonOf(issue: z.core.$ZodIssue, row: RawRecord): string {
  const field = issue.path.join('.');
  const value = row[String(issue.path[0])];
  if (value === undefined) return `${field}: missing`;
  if (issue.code === 'custom') return `${field}: ${issue.message}`;
  const expected = 'format' in issue ? String(issue.format) : 'expected' in issue ? String(issue.expected) : issue.code;
  return `${field}: expected ${expected}, got ${value === null ? 'null' : typeof value}`;
}
