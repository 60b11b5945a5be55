import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What the script reads and where it writes. */
export interface ScriptInput {
  readonly url: string;
  readonly path: string;
  readonly cursor: string;
  readonly folder: string;
}

// Entry of a process: what one would write in an hour. Fetches page after page, parses it and writes a gzip file per ten pages.
const { url, path, cursor, folder }: ScriptInput = JSON.parse(process.argv[2] ?? '');
const cpu = process.cpuUsage();
let records = 0;
let rows: unknown[] = [];
const flush = async () => {
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  await writeFile(join(folder, `${records}.ndjson.gz`), gzipSync(lines));
  rows = [];
};
for (let page = 1; ; page++) {
  const answer = await fetch(`${url}${path}?page=${page}&per=100&sort_column=${cursor}&sort_direction=ASC`, {
    headers: { authorization: `Basic ${btoa('bench:bench')}` },
  });
  const taken: unknown[] = JSON.parse(await answer.text());
  records += taken.length;
  rows.push(...taken);
  if (rows.length >= 1000 || taken.length < 100) await flush();
  if (taken.length < 100) break;
}
const { user, system } = process.cpuUsage(cpu);
process.send?.({ records, cpuSeconds: (user + system) / 1e6 });
