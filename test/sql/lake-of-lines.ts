import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import type { JsonValue } from '../../local/warehouse/json-values.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';

/** A line as it is, or the record that it says. */
export type Line = string | Readonly<Record<string, unknown>>;

/** Objects by their key without `.ndjson.gz`. */
export type Objects = Readonly<Record<string, readonly Line[]>>;

export type Row = Record<string, JsonValue>;

/** How a lake is kept on disk: a copy of a bucket, or the files of the embedded S3. */
export const ENDINGS = ['.ndjson.gz', '.ndjson.gz._S3rver_object'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A new folder; the test deletes it. */
export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'lake-test-'));

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Writes objects, by default alternately as the one and the other kind of file. */
export async function writeObjects(folder: string, objects: Objects, ending?: Ending): Promise<string[]> {
  const files = Object.entries(objects).map(async ([key, lines], index) => {
    const file = join(folder, `${key}${ending ?? ENDINGS[index % 2]}`);
    await mkdir(dirname(file), { recursive: true });
    const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    await writeFile(file, gzipSync(texts.map((text) => `${text}\n`).join(''), { level: 1 }));
    return file;
  });
  return Promise.all(files);
}

/** An object without a line in every raw table, in both kinds. */
const EMPTY_OBJECTS: Objects = Object.fromEntries(
  listRawTables().flatMap(({ location }) =>
    ENDINGS.map((_, place) => [`${location.replaceAll(/\$\{\w+\}/g, '0000-00-00')}/${place}`, []]),
  ),
);

/**
 * A lake for the tests of a file, opened once because that takes half a second.
 * @returns a function that gives the rows of a query over just these objects
 */
export function useLake(): (objects: Objects, sql: string) => Promise<Row[]> {
  let folder: string;
  let warehouse: Warehouse;
  beforeAll(async () => {
    folder = await newFolder();
    await writeObjects(folder, EMPTY_OBJECTS);
    warehouse = await openWarehouse(folder, { threads: 2 });
  });
  afterAll(async () => {
    await warehouse.close();
    await removeFolder(folder);
  });
  return async (objects, sql) => {
    const files = await writeObjects(folder, objects);
    try {
      return (await warehouse.query(sql)).rows;
    } finally {
      await Promise.all(files.map((file) => rm(file)));
    }
  };
}

/** Calls a function with a new lake, which is deleted afterwards. */
export async function withLake<T>(objects: Objects, use: (folder: string) => Promise<T>, ending?: Ending): Promise<T> {
  const folder = await newFolder();
  try {
    await writeObjects(folder, objects, ending);
    return await use(folder);
  } finally {
    await removeFolder(folder);
  }
}

export const TENANT = 'acme';
export const DAY = '2026-03-02';

/** Key of the object of a batch, e.g. `raw/call/tenant=acme/dt=2026-03-02/0000000001-x`. */
export const objectKey = (folder: string, batch = 1, { tenant = TENANT, dt = DAY } = {}): string =>
  `${folder}/tenant=${tenant}/dt=${dt}/${sequence(batch)}-x`;

export const sequence = (batch: number): string => String(batch).padStart(10, '0');

/** What ingestion appends to a record: a time of day on the fixture's day, and the batch. */
export const origin = (time: string, batch = 1) => ({
  _extracted_at: time.includes('T') ? time : at(time),
  _batch: sequence(batch),
});

/** A time on the fixture's day, e.g. `at('10:00')`. */
export const at = (time: string): string => new Date(`${DAY}T${time}Z`).toISOString();
