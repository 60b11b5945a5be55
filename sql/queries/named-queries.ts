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

/** Texts that several queries share, so that a measure has one definition. */
const PARTS = new URL('./parts/', FOLDER);

const ENDING = '.sql';

/**
 * In whose place a part is put. `{{part statuses from=day}}` uses the parameter `day` instead of `from`, and
 * `{{part queue-names of=visits}}` puts `visits` in the place of `[[of]]`.
 */
const PART = /^( *)((?:WITH )?)\{\{part ([\w-]+)((?: \w+=\w+)*)\}\}(,?)$/gm;

/**
 * Loads the named queries, ordered by name.
 * @throws Error if a text has no header comment, or uses a part that is missing or a parameter that it does not declare (a defect
 * of the file)
 */
export async function loadNamedQueries(): Promise<NamedQuery[]> {
  const parts = new Map((await readTexts(PARTS)).map(({ name, template }) => [name, template.trimEnd()]));
  const texts = (await readTexts(FOLDER)).map(({ name, template }) => ({ name, template: putParts(template, parts) }));
  return [...texts, createFreshnessQuery()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(namedQuery);
}

async function readTexts(folder: URL): Promise<{ readonly name: string; readonly template: string }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ENDING));
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -ENDING.length),
      template: await readFile(new URL(file, folder), 'utf8'),
    })),
  );
}

const putParts = (template: string, parts: ReadonlyMap<string, string>): string =>
  template.replaceAll(PART, (_, indent: string, before: string, name: string, renames: string, comma: string) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`there is no part sql/queries/parts/${name}.sql`);
    const renamed = [...renames.matchAll(/(\w+)=(\w+)/g)].reduce(
      (text, [, from = '', to = '']) =>
        text.replaceAll(new RegExp(`\\{\\{(dt )?${from}\\b`, 'g'), `{{$1${to}`).replaceAll(`[[${from}]]`, to),
      part,
    );
    return `${before === '' ? '' : `${indent}WITH\n`}${renamed.replaceAll(/^(?=.)/gm, indent)}${comma}`;
  });

function namedQuery({ name, template }: { readonly name: string; readonly template: string }): NamedQuery {
  const [header = ''] = /^(?:--.*\n)+/.exec(template) ?? [];
  const parameters = parseParameters(header);
  const [question = ''] = header.replaceAll(/^-- ?/gm, '').trim().split('\n\n');
  if (question === '') throw new Error(`sql/queries/${name}.sql has no header comment with its question`);
  const sql = fillParameters({ name, template, parameters });
  return { name, question: question.replaceAll('\n', ' '), parameters, template, sql };
}
