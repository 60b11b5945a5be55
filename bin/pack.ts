import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../cli/packaging/compile.ts';
import { packConstruct } from '../cli/packaging/pack-construct.ts';
import { packReader } from '../cli/packaging/pack-reader.ts';

// npm run packages: writes the tarballs of both packages into dist/
const destination = join(ROOT, 'dist');
await rm(destination, { recursive: true, force: true });
for (const write of [packReader, packConstruct]) console.log(await write(destination));
