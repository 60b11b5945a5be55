import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as z from 'zod';

const names = z.record(z.string(), z.string()).default({});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      deprecated: z.string().optional(),
      resolved: z.string().optional(),
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

it('names every package that any platform needs: without them npm ci refuses to install', () => {
  const missing = Object.entries(packages).flatMap(([folder, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(folder, name))
      .map((name) => `${folder || 'this package'} needs ${name}`),
  );
  expect(missing).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

it('has no deprecated package', () => {
  const deprecated = Object.entries(packages).filter(([, entry]) => entry.deprecated !== undefined);
  expect(deprecated.map(([folder]) => folder)).toEqual([]);
});

it('leaves the registry to whoever installs', () => {
  expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
});
