import { readdir, readFile } from 'node:fs/promises';

/** A question that users can ask by name. */
export interface NamedQuery {
  /** Name of its file in `sql/queries/` without the extension. */
  readonly name: string;
  /** The question in words: the first paragraph of the file's header. */
  readonly question: string;
  /** The whole text, header included; it runs on Athena and DuckDB as it stands. */
  readonly sql: string;
}

const FOLDER = new URL('queries/', import.meta.url);

/**
 * The named queries in the order of their names.
 * @throws Error if a file has no header comment (a defect of the file)
 */
export async function loadNamedQueries(): Promise<NamedQuery[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(new URL(file, FOLDER), 'utf8');
      return { name: file.slice(0, -'.sql'.length), question: questionOf(file, sql), sql };
    }),
  );
}

function questionOf(file: string, sql: string): string {
  const [header = ''] = /^(?:--.*\n)+/.exec(sql) ?? [];
  const [question = ''] = header.replaceAll(/^-- ?/gm, '').trim().split('\n\n');
  if (question === '') throw new Error(`sql/queries/${file} has no header comment with its question`);
  return question.replaceAll('\n', ' ');
}
