import { catalogPages, type Page } from '../../sql/catalog-pages.ts';
import { editorSchema } from './editor-schema.ts';
import { endpointTable } from './endpoint-table.ts';

/**
 * Generates the pages that are derived from the catalog, in whole or in part. `npm run docs` writes them.
 * @param read reads the current text of a page by its path from the root of the project
 * @throws Error if a page lacks a section to fill
 */
export function generatePages(read: (path: string) => string): Page[] {
  return [
    ...catalogPages(),
    { path: 'cdk.schema.json', text: `${JSON.stringify(editorSchema().schema, null, 2)}\n` },
    { path: 'docs/endpoints.md', text: replaceSection(read('docs/endpoints.md'), 'endpoints', endpointTable()) },
  ];
}

/** Replaces the text between the two comments of a section. */
function replaceSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: written by npm run docs -->\n\n`, `\n<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no section ${name}: put "${begin.trim()}" and "${end.trim()}" around it`);
  return page.slice(0, from + begin.length) + content + page.slice(to);
}
