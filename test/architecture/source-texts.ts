import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');

/** The folders of the program. */
export const FOLDERS = ['bin', 'catalog', 'cli', 'examples', 'lambdas', 'lib', 'local', 'packages', 'simulator', 'sql'];

/** A TypeScript file of the program, by its path from the root. */
export interface SourceText {
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
}

/** Every TypeScript file below a folder. */
export function sourceTexts(folder: string): SourceText[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => parse(relative(ROOT, join(entry.parentPath, entry.name))))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parse(path: string): SourceText {
  return parseText(path, readFileSync(join(ROOT, path), 'utf8'));
}

export function parseText(path: string, text: string): SourceText {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, lines: text.trimEnd().split('\n').length, tree };
}

/** Names of this package's own for some of its files. */
const OWN_NAMES = new Map(Object.entries(packageJson.imports).map(([name, path]) => [name, path.replace(/^\.\//, '')]));

/** What a file imports, in any of the ways there are: files by their path from the root, packages by their name. */
export function importsOf({ path, tree }: SourceText): string[] {
  const found: string[] = [];
  visit(tree, (node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (specifier && ts.isStringLiteral(specifier)) found.push(specifier.text);
  });
  return found.map((name) =>
    name.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), name)) : (OWN_NAMES.get(name) ?? name),
  );
}

export const isBuiltin = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
export const isPackage = (name: string) => !/\.(ts|js|json)$/.test(name);

/** Places of what the house rules forbid. */
export function forbiddenIn({ path, tree }: SourceText): string[] {
  const found: string[] = [];
  const report = (node: ts.Node, what: string) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1} ${what}`);
  };
  visit(tree, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) report(node, 'any');
    if (ts.isTypeAssertionExpression(node) || (ts.isAsExpression(node) && node.type.getText() !== 'const'))
      report(node, 'type assertion');
    if (ts.isNonNullExpression(node)) report(node, 'non-null assertion');
  });
  const directive = /^\s*(?:\/\/|\/\*)\s*@ts-(ignore|nocheck|expect-error)/gm;
  for (const [, name] of tree.text.matchAll(directive)) found.push(`${path} @ts-${name}`);
  return found;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}
