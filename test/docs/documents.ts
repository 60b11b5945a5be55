import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The text of a file, by its path from the root. */
export const readRepositoryFile = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every page of the documentation, by its path from the root. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { cwd: ROOT }).sort(),
];

/** Whether `npm run docs` writes a page as a whole. */
export const isGenerated = (document: string): boolean => document === 'docs/data-dictionary.md';
