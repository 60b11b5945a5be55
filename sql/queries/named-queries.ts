import { readdir, readFile } from 'node:fs/promises';
import { createFreshnessQuery } from './freshness-query.ts';
import { fillParameters, type Parameter, parseParameters } from './parameters.ts';

/** A query that users run by name. */
export interface NamedQuery {
  /** Name of its file in `sql/queries/` without the extension. */
  readonly name: string;
  /** The question in words: the first paragraph of the file's header. */
  readonly question: string;
  readonly parameters: readonly Parameter[];
  /** The text with placeholders for the parameters. Fill them with {@link fillParameters}. */
  readonly template: string;
  /** The whole text with the header and the defaults of the parameters. It runs unchanged on Athena and DuckDB. */
  readonly sql: string;
}

const FOLDER = new URL('./', import.meta.url);

/**
 * Loads the named queries, ordered by name.
 * @throws Error if a text has no header comment or uses a parameter that it does not declare (a defect of the file)
 */
export async function loadNamedQueries(): Promise<NamedQuery[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.sql'));
  const texts = await Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.sql'.length),
      template: await readFile(new URL(file, FOLDER), 'utf8'),
    })),
  );
  return [...texts, createFreshnessQuery()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(namedQuery);
}

function namedQuery({ name, template }: { readonly name: string; readonly template: string }): NamedQuery {
  const [header = ''] = /^(?:--.*\n)+/.exec(template) ?? [];
  const parameters = parseParameters(header);
  const [question = ''] = header.replaceAll(/^-- ?/gm, '').trim().split('\n\n');
  if (question === '') throw new Error(`sql/queries/${name}.sql has no header comment with its question`);
  const sql = fillParameters({ name, template, parameters });
  return { name, question: question.replaceAll('\n', ' '), parameters, template, sql };
}
