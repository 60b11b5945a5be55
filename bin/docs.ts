import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedPages } from '../sql/generated-docs.ts';

// npm run docs: writes the pages that follow from the catalog
for (const { path, text } of generatedPages()) {
  const file = new URL(`../${path}`, import.meta.url);
  await mkdir(dirname(file.pathname), { recursive: true });
  await writeFile(file, text);
  console.log(path);
}
