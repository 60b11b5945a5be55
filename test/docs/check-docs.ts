import { globSync, readFileSync } from 'node:fs';
import { checkCode, checkPage } from './check-page.ts';
import { CODE_FOLDERS, DOCUMENTS, isGenerated, readRepositoryFile, UNCHECKED_CODE } from './documents.ts';

// npm run check: reads the documentation, and looks for phrases in the code. `node test/docs/check-docs.ts lambdas` looks in one folder only.
const folders = process.argv.length > 2 ? process.argv.slice(2) : CODE_FOLDERS;
const patterns = folders.map((folder) => `${folder}/**/*.{ts,sql}`);
const lines: string[] = [];
for (const path of DOCUMENTS.filter((each) => !isGenerated(each)))
  for (const { line, message } of await checkPage(path, readRepositoryFile(path)))
    lines.push(`${path}:${line} ${message}`);
for (const path of globSync(patterns, { exclude: UNCHECKED_CODE }).sort())
  for (const { line, message } of checkCode(readFileSync(path, 'utf8'))) lines.push(`${path}:${line} ${message}`);
for (const line of lines) console.error(line);
if (lines.length > 0) console.error(`${lines.length} to change: CONTRIBUTING.md says how to write`);
process.exitCode = lines.length > 0 ? 1 : 0;
