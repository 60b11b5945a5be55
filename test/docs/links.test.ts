import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDeadLinks } from './dead-links.ts';
import { DOCUMENTS, ROOT, readRepositoryFile } from './documents.ts';
import { findRelativeLinks } from './markdown.ts';

it.each(DOCUMENTS)('every link of %s leads to a file and a heading that exist', (document) => {
  expect(findDeadLinks(document, readRepositoryFile(document))).toEqual([]);
});

it('the index of the documentation leads to every page', () => {
  const index = findRelativeLinks(readRepositoryFile('docs/README.md')).map(({ path }) => join('docs', path));
  const pages = DOCUMENTS.filter((path) => path.startsWith('docs/') && !/README|decisions/.test(path));
  expect(pages.filter((page) => !index.includes(page))).toEqual([]);
});

it.each(
  DOCUMENTS.flatMap((document) =>
    [...readRepositoryFile(document).matchAll(/`(test\/[\w/.-]+\.ts)`(?:\s+(?:law\s+)?"([^"]+)")?/g)].map(
      ([, file = '', title = '']) => ({ document, file, title }),
    ),
  ),
)('$file, which $document names, exists and has "$title"', ({ file, title }) => {
  expect(readRepositoryFile(file)).toContain(title);
});

it('the documents are found', () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(['docs/cli.md', 'docs/internals/architecture.md']));
  for (const document of DOCUMENTS) expect(statSync(join(ROOT, document)).size).toBeGreaterThan(0);
});

describe('a link', () => {
  const broken = (markdown: string) => findDeadLinks('docs/cli.md', markdown);

  it.each([
    ['[a](missing.md)', 'missing.md'],
    ['[a](../missing/)', '../missing/'],
    ['[two\nlines](missing.md)', 'missing.md'],
    ['[a](backfill.md#missing)', 'backfill.md#missing'],
    ['# Here\n[a](#there)', '#there'],
    ['![a](missing.png "title")', 'missing.png'],
    ['[a]: missing.md', 'missing.md'],
    ['# Same\n# Same\n[a](#same-2)', '#same-2'],
  ])('is found to be broken in %j', (markdown, link) => expect(broken(markdown)).toEqual([link]));

  it.each([
    ['[a](backfill.md#in-aws), [b](../lambdas/), [c](internals/architecture.md)'],
    ['# `code`, and [a link](x.md): "quoted" 1.0\n[a](#code-and-a-link-quoted-10)'.replace('(x.md)', '(backfill.md)')],
    ['# Same\n# Same\n[a](#same) [b](#same-1)'],
    ['`[a](missing.md)`\n```md\n[a](missing.md)\n# Only code\n```'],
    ['[a](https://example.com/missing.md), [b](mailto:a@example.com)'],
  ])('is found to be sound in %j', (markdown) => expect(broken(markdown)).toEqual([]));

  it('does not lead to a heading that is in code only', () => {
    expect(broken('```sh\n# a comment\n```\n[a](#a-comment)')).toEqual(['#a-comment']);
  });
});
