import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCircles } from './circles.ts';
import { LAYERS } from './layers.ts';
import { FOLDERS, importsOf, isBuiltin, isPackage, parseText, sourceTexts } from './source-texts.ts';

/** The order within the command line and within the infrastructure. */
const INNER_LAYERS = [
  ['cli/program.ts', 'cli/commands', 'cli/doctor', 'cli/report', 'cli/explain', 'cli/deployment', 'cli/terminal'],
  ['cli/report', 'cli/report/charts', 'cli/report/markup'],
  ['local/curation', 'local/warehouse'],
  ['local/runtime', 'local/aws'],
  ['lambdas/sources/tail', 'lambdas/sources/source.ts'],
];

/** To be resolved next. */

const texts = FOLDERS.flatMap(sourceTexts);
const graph = new Map(texts.map((text) => [text.path, importsOf(text).filter((name) => !isPackage(name))]));

const isIn = (folder: string, path: string) => path === folder || path.startsWith(`${folder}/`);

/** Imports that lead up in an order of folders, as `file -> import`. A file belongs to the longest folder that holds it. */
function findUpward(layers: readonly string[]): string[] {
  const layerOf = (path: string) =>
    layers
      .filter((layer) => isIn(layer, path))
      .reduce((best, layer) => (layer.length > (layers[best] ?? '').length ? layers.indexOf(layer) : best), -1);
  return [...graph].flatMap(([path, imports]) =>
    imports.filter((name) => layerOf(name) >= 0 && layerOf(name) < layerOf(path)).map((name) => `${path} -> ${name}`),
  );
}

/** Imports of a folder's files that lead to none of the allowed places, as `file -> import`. */
function findStrays(folder: string, allowed: readonly string[]): string[] {
  return texts
    .filter(({ path }) => isIn(folder, path))
    .flatMap((text) =>
      importsOf(text)
        .filter((name) => !allowed.some((each) => isIn(each, name)))
        .map((name) => `${text.path} -> ${name}`),
    );
}

describe('imports', () => {
  it('cover every folder of the program', () => {
    expect(texts.map(({ path }) => path).filter((path) => !LAYERS.some((layer) => isIn(layer, path)))).toEqual([]);
  });

  it('lead from folder to folder in one direction', () => expect(findUpward(LAYERS)).toEqual([]));

  it.each(INNER_LAYERS.map((layers) => [layers]))('lead in one direction within %j', (layers) => {
    expect(findUpward(layers)).toEqual([]);
  });

  it('never form a circle of files', () => expect(findCircles(graph)).toEqual([]));

  it('never form a circle of folders', () => {
    const folders = new Map<string, string[]>();
    for (const [path, imports] of graph) {
      const targets = imports.filter((name) => graph.has(name)).map((name) => dirname(name));
      folders.set(dirname(path), [...(folders.get(dirname(path)) ?? []), ...targets]);
    }
    expect(findCircles(folders)).toEqual([]);
  });

  it('of functions lead only to functions, the reader and the catalog', () => {
    const strays = findStrays('lambdas', ['lambdas', 'packages', 'catalog']).filter((line) =>
      /\.(ts|json)$/.test(line),
    );
    expect(strays).toEqual([]);
  });

  it('of the reader and of examples lead to nothing above them', () => {
    for (const folder of ['packages/reader', 'examples'])
      expect(findStrays(folder, [folder, 'catalog']).filter((line) => line.endsWith('.ts'))).toEqual([]);
  });

  it('of the segments lead only to the segments and the catalog: no package, no input or output', () => {
    expect(findStrays('lambdas/segments', ['lambdas/segments', 'catalog'])).toEqual([]);
  });

  it('of the simulator lead only to the simulator and to the types of facts: its truth is independent of the product', () => {
    const strays = findStrays('simulator', ['simulator', 'catalog/facts.ts']);
    expect(strays.filter((line) => line.endsWith('.ts'))).toEqual([]);
  });

  it('of the catalog lead only to the catalog and the small zod', () => {
    expect(findStrays('catalog', ['catalog', 'zod'])).toEqual([]);
  });

  it('of functions use the small zod', () => {
    for (const text of ['lambdas', 'packages', 'examples', 'catalog'].flatMap(sourceTexts))
      expect([text.path, importsOf(text)]).not.toEqual([text.path, expect.arrayContaining(['zod'])]);
  });

  it('of the program never lead to its tests', () => {
    expect([...graph].filter(([, imports]) => imports.some((name) => isIn('test', name)))).toEqual([]);
  });

  it('are recognised in every form', () => {
    const text = parseText(
      'lambdas/x/y.ts',
      `import a from '../../local/a.ts';
       import type { B } from '../../lib/b.ts';
       import './c.ts';
       export * from '../../bin/d.ts';
       export { type E } from 'zod';
       const f = await import('../../sql/f.ts');
       type G = import('../g.ts').G;
       const h = await import('#run-report');
       const text = "import x from './no.ts'";`,
    );
    expect(importsOf(text)).toEqual([
      'local/a.ts',
      'lib/b.ts',
      'lambdas/x/c.ts',
      'bin/d.ts',
      'zod',
      'sql/f.ts',
      'lambdas/g.ts',
      'lambdas/handlers/run-report.ts',
    ]);
    expect(isBuiltin('node:fs')).toBe(true);
  });
});

describe('circles', () => {
  it('are found whatever their length', () => {
    const links = new Map([
      ['a', ['b']],
      ['b', ['c', 'e']],
      ['c', ['a']],
      ['d', ['a']],
      ['e', []],
    ]);
    expect(findCircles(links)).toEqual([['a', 'b', 'c']]);
  });

  it('are not found in a tree', () => expect(findCircles(new Map([['a', ['b', 'a']]]))).toEqual([]));
});
