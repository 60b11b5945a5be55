import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The folder of the repository. */
export const ROOT = resolve(import.meta.dirname, '../..');

const run = promisify(execFile);

/** Relative imports of TypeScript files, as declarations keep them. */
const SOURCE_IMPORT = /((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g;

/**
 * Compiles TypeScript files and what they import to ES modules with declarations, in the folders that they have in the repository.
 * @param files paths from the root of the repository
 * @param folder folder of the result. Its content is replaced
 * @throws Error with the messages of the compiler
 */
export async function compile(files: readonly string[], folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const project = join(folder, 'tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        target: 'es2022',
        noEmit: false,
        incremental: false,
        tsBuildInfoFile: null,
        declaration: true,
        rewriteRelativeImportExtensions: true,
        rootDir: ROOT,
        outDir: folder,
        typeRoots: [join(ROOT, 'node_modules/@types')],
      },
      include: [],
      files: files.map((file) => join(ROOT, file)),
    }),
  );
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '--project', project]).catch((error: unknown) => {
    throw new Error(`the package does not compile: ${readOutput(error)}`);
  });
  await rm(project);
  for (const file of await readdir(folder, { recursive: true }))
    if (file.endsWith('.d.ts')) {
      const text = await readFile(join(folder, file), 'utf8');
      await writeFile(join(folder, file), text.replace(SOURCE_IMPORT, '$1.js$2'));
    }
}

const readOutput = (error: unknown) =>
  typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : String(error);

/**
 * Makes the tarball of a folder, as `npm publish` would.
 * @returns its path
 */
export async function pack(folder: string, destination: string): Promise<string> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { stdout } = await run(npm, ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], {
    cwd: folder,
  });
  const [, name] = /"filename": "([^"]+)"/.exec(stdout) ?? [];
  if (name === undefined) throw new Error(`npm pack names no file: ${stdout}`);
  return join(destination, name);
}
