import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A project outside the repository with an unpacked tarball. Other packages are those of the repository, so no network is needed. */
export class EmptyProject implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param others names of the packages that the project has beside the tarball */
  static async create(name: string, tarball: string, others: readonly string[]): Promise<EmptyProject> {
    const folder = await mkdtemp(join(tmpdir(), 'ccaip-project-'));
    const own = join(folder, 'node_modules', name);
    await mkdir(own, { recursive: true });
    await run('tar', ['-xzf', tarball, '-C', own, '--strip-components', '1']);
    for (const other of others) {
      const place = join(folder, 'node_modules', other);
      await mkdir(dirname(place), { recursive: true });
      await symlink(resolve('node_modules', other), place);
    }
    await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
    return new EmptyProject(folder);
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, file), text);
  }

  /** Runs a file on a Node. @returns what it prints */
  async run(file: string, env: Readonly<Record<string, string>> = {}, node = process.execPath): Promise<string> {
    const { NODE_OPTIONS: _, ...others } = process.env;
    const { stdout } = await run(node, [file], { cwd: this.folder, env: { ...others, ...env } });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The executables of Node on this machine, one for each major version from 20 on. */
export async function findNodes(): Promise<ReadonlyMap<number, string>> {
  const found = new Map([[Number.parseInt(process.versions.node, 10), process.execPath]]);
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...(process.env.CCAIP_NODES ?? '').split(delimiter)];
  for (const folder of folders) {
    const node = join(folder, 'node');
    try {
      accessSync(node, constants.X_OK);
      readdirSync(folder);
    } catch {
      continue;
    }
    const { stdout } = await run(node, ['--version']).catch(() => ({ stdout: '' }));
    const major = Number(/^v(\d+)\./.exec(stdout)?.[1] ?? 0);
    if (major >= 20 && !found.has(major)) found.set(major, node);
  }
  return found;
}
