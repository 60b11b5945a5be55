import { globSync, readFileSync } from 'node:fs';
import { checkCode, checkPage } from './check-page.ts';
import { DOCUMENTS, isGenerated, readRepositoryFile } from './documents.ts';

// npm run check: reads the documentation. `node test/docs/check-docs.ts lambdas cli` also looks for phrases in the code of folders.
const folders = process.argv.slice(2);
const lines: string[] = [];
for (const path of DOCUMENTS.filter((each) => !isGenerated(each)))
  for (const { line, message } of await checkPage(path, readRepositoryFile(path)))
    lines.push(`${path}:${line} ${message}`);
for (const path of folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,sql}`)).sort())
  for (const { line, message } of checkCode(readFileSync(path, 'utf8'))) lines.push(`${path}:${line} ${message}`);
for (const line of lines) console.error(line);
if (lines.length > 0) console.error(`${lines.length} to change: CONTRIBUTING.md says how to write`);
process.exitCode = lines.length > 0 ? 1 : 0;
