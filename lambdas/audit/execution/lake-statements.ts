import { deflateSync, inflateSync } from 'node:zlib';
import * as z from 'zod/mini';
import { utcDate } from '../../../catalog/timestamp.ts';
import type { LakeQuestion } from '../lake-question.ts';

const statementSchema = z.object({
  /** The list of days that is put in place of `'{{days}}'`. The SELECT is left out if that list is empty. */
  days: z.enum(['raw', 'curated', 'snapshot', 'sample', 'quarantine', 'marks']),
  /** The parent whose records are compared. @default - the endpoint is not nested */
  parent: z.optional(z.string()),
  sql: z.string(),
});

const statementsSchema = z.record(z.string(), z.array(statementSchema));

/** SELECTs of the lake's side by endpoint, or by `<tenant> <endpoint>` if a tenant has its own places of nested records. */
export type LakeStatements = z.infer<typeof statementsSchema>;

/** Compresses statements, because every step of an audit gets those of all endpoints. Their common parts take most of the space. */
export const packStatements = (statements: LakeStatements): string =>
  deflateSync(JSON.stringify(statements), { level: 9 }).toString('base64');

/** Reads what {@link packStatements} wrote. */
export const unpackStatements = (packed: string): LakeStatements =>
  statementsSchema.parse(JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString('utf8')));

/** Creates the one query that answers a question. Undefined if there is nothing to read. */
export function createLakeQuery(
  statements: LakeStatements,
  tenant: string,
  endpoint: string,
  question: LakeQuestion,
): string | undefined {
  const own = statements[`${tenant} ${endpoint}`] ?? statements[endpoint] ?? [];
  const parts = own.flatMap(({ days: list, parent, sql }) => {
    const ofParent = parent === undefined ? undefined : question.parents[parent];
    const chosen = (ofParent ?? question).days[list];
    if (chosen.length === 0) return [];
    const { quarantine } = question.days;
    return sql
      .replaceAll("'{{days}}'", quoteList(chosen))
      .replaceAll("'{{quarantine}}'", quoteList(quarantine.length > 0 ? quarantine : [utcDate(question.moment.now)]))
      .replaceAll("'{{tenant}}'", quoteList([tenant]))
      .replaceAll('{{readTo}}', String(ofParent?.readTo ?? 0))
      .replaceAll('{{salt}}', String(question.salt));
  });
  return parts.length === 0 ? undefined : parts.join('\nUNION ALL\n');
}

// names of tenants and days have no quotes in them
const quoteList = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');
