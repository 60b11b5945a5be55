import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT, readRepositoryFile } from './documents.ts';
import { findAnchors, findRelativeLinks } from './markdown.ts';

/** Links of a page that lead to no file or no heading, as they are written. */
export function findDeadLinks(document: string, markdown: string): string[] {
  return findRelativeLinks(markdown)
    .filter(({ path, anchor }) => {
      const target = path === '' ? document : normalize(join(dirname(document), path));
      if (!existsSync(join(ROOT, target))) return true;
      if (anchor === '') return false;
      const text = target === document ? markdown : readRepositoryFile(target);
      return !findAnchors(text).includes(anchor);
    })
    .map(({ path, anchor }) => (anchor === '' ? path : `${path}#${anchor}`));
}
