import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, pack, ROOT } from './compile.ts';

/** Makes the tarball of `ccaip-ingest-reader`: compiled modules, declarations, README. @returns its path */
export async function packReader(destination: string): Promise<string> {
  const folder = join(destination, 'reader');
  await compile(['packages/reader/reader.ts'], folder);
  for (const file of ['package.json', 'README.md'])
    await copyFile(join(ROOT, 'packages/reader', file), join(folder, file));
  await copyFile(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  return pack(folder, destination);
}
