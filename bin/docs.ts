import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatePages } from '../cli/documentation/generated-pages.ts';

// npm run docs: writes the pages that are derived from the catalog
const locate = (path: string) => new URL(`../${path}`, import.meta.url);
for (const { path, text } of generatePages((path) => readFileSync(locate(path), 'utf8'))) {
  const file = locate(path);
  await mkdir(dirname(file.pathname), { recursive: true });
  await writeFile(file, text);
  console.log(path);
}
