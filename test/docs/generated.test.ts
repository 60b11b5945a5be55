import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedPages } from '../../sql/generated-docs.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { views } from '../../sql/views/all-views.ts';

describe.each(generatedPages())('$path', ({ path, text }) => {
  const page = readFileSync(path, 'utf8');

  it('is as the catalog says: npm run docs writes it', () => {
    expect(page).toBe(text);
  });

  it('has every view and column', () => {
    for (const { name, columns } of views()) {
      expect(page).toContain(name);
      for (const column of columns) expect(page).toContain(column.name);
    }
  });
});

it('personal columns are marked in the dictionary', () => {
  const page = readFileSync('docs/data-dictionary.md', 'utf8');
  expect(page).toContain('| `email` | varchar | P |');
  expect(page).toContain('| `queue_name` | varchar |  |');
});

it('the page about BI tools names queries and views that exist', async () => {
  const page = readFileSync('docs/bi.md', 'utf8');
  const names = new Set([...(await loadNamedQueries()).map(({ name }) => name), ...views().map(({ name }) => name)]);
  const mentioned = [...page.matchAll(/(?:named query|view) `([\w-]+)`/g)].map(([, name = '']) => name);
  expect(mentioned.length).toBeGreaterThan(2);
  for (const name of mentioned) expect(names).toContain(name);
});

it('the page about Athena says of every named query what it reads', async () => {
  const page = readFileSync('docs/athena.md', 'utf8');
  const measured = [...page.matchAll(/^\| `([a-z-]+)` \| [\d,]+ \| /gm)].map(([, name]) => name);
  expect(measured).toEqual((await loadNamedQueries()).map(({ name }) => name));
});
