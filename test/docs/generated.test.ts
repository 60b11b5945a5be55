import { expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { generatePages } from '../../cli/documentation/generated-pages.ts';
import { createViews } from '../../sql/all-views.ts';
import { catalogPages } from '../../sql/catalog-pages.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { readRepositoryFile } from './documents.ts';

it.each(generatePages(readRepositoryFile))('$path matches the catalog: npm run docs writes it', ({ path, text }) => {
  expect(readRepositoryFile(path)).toBe(text);
});

it.each(catalogPages())('$path has every view and column', ({ text }) => {
  for (const { name, columns } of createViews()) {
    expect(text).toContain(name);
    for (const column of columns) expect(text).toContain(column.name);
  }
});

it('the page about endpoints has a row of every one', () => {
  const page = readRepositoryFile('docs/endpoints.md');
  for (const { name, title } of ENDPOINTS) expect(page).toContain(`| ${title} | \`${name}\` | `);
});

it('a page without a place for its section is refused', () => {
  expect(() => generatePages(() => '# Endpoints')).toThrow('no section endpoints: put "<!-- endpoints: written by');
});

it('personal columns are marked in the dictionary', () => {
  const page = readRepositoryFile('docs/data-dictionary.md');
  expect(page).toContain('| `email` | varchar | P |');
  expect(page).toContain('| `queue_name` | varchar |  |');
});

it('the page about BI tools names queries and views that exist', async () => {
  const page = readRepositoryFile('docs/bi.md');
  const names = new Set([
    ...(await loadNamedQueries()).map(({ name }) => name),
    ...createViews().map(({ name }) => name),
  ]);
  const mentioned = [...page.matchAll(/(?:named query|view) `([\w-]+)`/g)].map(([, name = '']) => name);
  expect(mentioned.length).toBeGreaterThan(2);
  for (const name of mentioned) expect(names).toContain(name);
});

it('the page about named queries has the question of every one', async () => {
  const page = readRepositoryFile('docs/named-queries.md');
  const queries = await loadNamedQueries();
  const described = [...page.matchAll(/^\| `([a-z-]+)` \| .+\? \|$/gm)].map(([, name]) => name);
  expect(described.toSorted()).toEqual(queries.map(({ name }) => name));
  expect(page).toContain(`There are ${queries.length} named queries`);
});

it('the page about performance has the bytes of every named query', async () => {
  const page = readRepositoryFile('docs/performance.md');
  const measured = [...page.matchAll(/^\| `([a-z-]+)` \| [\d,]+ \| /gm)].map(([, name]) => name);
  expect(measured).toEqual((await loadNamedQueries()).map(({ name }) => name));
});
