import { glob, readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createAwsClients } from '../../lambdas/aws/aws-clients.ts';
import { locateLake, startLocalAws } from '../../local/aws/local-aws.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { createViews } from '../../sql/all-views.ts';

type Row = Record<string, unknown>;

/** A column with a segment record as JSON text. */
const FACTS = 'facts';

/** When and in which batch a record was read: two runs do not read at the same moment. */
const MOMENTS = [
  '_extracted_at',
  'extracted_at',
  '_batch',
  'batch',
  'ingested_at',
  'source_batch',
  'first_seen',
  'run',
];

/** What two folders of one platform's data do not have in common: rows of views, raw versions, metrics items. */
export async function differences(a: string, b: string): Promise<string[]> {
  const found: string[] = [];
  for (const read of [viewsOf, rawVersionsOf, metricsOf]) {
    const [inA, inB] = [await read(a), await read(b)];
    for (const name of new Set([...inA.keys(), ...inB.keys()])) {
      const [left, right] = [inA.get(name) ?? [], inB.get(name) ?? []];
      if (isDeepStrictEqual(left, right)) continue;
      const [only, other] = [missing(left, right), missing(right, left)];
      found.push(
        `${name}: ${left.length} and ${right.length} rows; ${only.length} only in ${a}, ${other.length} only in ${b}, e.g. ${only[0] ?? other[0]}`,
      );
    }
  }
  return found;
}

/** Rows of every view, sorted. */
async function viewsOf(folder: string): Promise<Map<string, string[]>> {
  await using warehouse = await openWarehouse(locateLake(folder));
  const rows = new Map<string, string[]>();
  for (const { name } of createViews())
    rows.set(`view ${name}`, textsOf((await warehouse.query(`SELECT * FROM ${name}`)).rows));
  return rows;
}

/** Every record that was ever read, each content once, by endpoint. */
async function rawVersionsOf(folder: string): Promise<Map<string, string[]>> {
  const versions = new Map<string, Set<string>>();
  const raw = `${locateLake(folder)}/raw`;
  for await (const file of glob('*/**/*.gz._S3rver_object', { cwd: raw })) {
    const name = `raw ${file.split('/')[0]}`;
    const lines = gunzipSync(await readFile(`${raw}/${file}`))
      .toString()
      .split('\n');
    const known = versions.get(name) ?? new Set();
    for (const line of lines) if (line !== '') known.add(textOf(JSON.parse(line)));
    versions.set(name, known);
  }
  return new Map([...versions].map(([name, texts]) => [name, [...texts].sort()]));
}

async function metricsOf(folder: string): Promise<Map<string, string[]>> {
  const local = await startLocalAws(folder, { secrets: {} });
  Object.assign(process.env, local.environment);
  const { dynamodb } = createAwsClients();
  const items: Row[] = [];
  try {
    for (let start: Row | undefined, isFirst = true; isFirst || start; isFirst = false) {
      const answer = await dynamodb.send(
        new ScanCommand({ TableName: local.environment.METRICS_TABLE, ...(start && { ExclusiveStartKey: start }) }),
      );
      items.push(...(answer.Items ?? []));
      start = answer.LastEvaluatedKey;
    }
  } finally {
    dynamodb.destroy();
    await local.close();
  }
  return new Map([['metrics items', textsOf(items)]]);
}

const textsOf = (rows: readonly Row[]) => rows.map(textOf).sort();

/** Columns of a row that lasted when it was read: they end at the moment of reading. */
const OPEN_ENDS = ['ended_at', 'seconds'];

/** A row without its moments, its keys in order. */
const textOf = (row: Row): string => {
  const left = row.is_open === true ? [...MOMENTS, ...OPEN_ENDS] : MOMENTS;
  return JSON.stringify(
    Object.entries(row)
      .filter(([key]) => !left.includes(key))
      .map(
        ([key, value]) =>
          [key, key === FACTS && typeof value === 'string' ? textOf(JSON.parse(value)) : value] as const,
      )
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );
};

function missing(rows: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return rows.filter((row) => !known.has(row));
}
