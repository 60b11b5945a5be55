import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ACME } from '../../lib/sample-configuration.ts';
import { resources, synthesise } from '../../lib/template.ts';
import { registerTable } from '../engine/metastore.ts';
import { Trino } from '../engine/trino-client.ts';

/** What the embedded S3 appends to the name of an object. */
const OWN_ENDING = '._S3rver_object';

interface LakeInTrino {
  readonly url: string;
  readonly data: string;
  /** Name of the database; the lake's folder has it, too. */
  readonly database: string;
  /** Folder with the lake's files. */
  readonly lake: string;
  readonly tenants: readonly string[];
  /** First day of history. */
  readonly historyStart: string;
}

/** Gives Trino a lake's files, and the tables and views that a deployment's template has over them. */
export async function placeLake({ url, data, database, lake, tenants, historyStart }: LakeInTrino): Promise<Trino> {
  await shareFiles(lake, join(data, database));
  const trino = new Trino(url, database);
  await trino.query(`CREATE SCHEMA ${database}`);
  const { template } = synthesise({
    curation: true,
    tenants: tenants.map((name) => ({ ...ACME, name, historyStart })),
  });
  for (const { TableInput } of resources(template, 'AWS::Glue::Table').values())
    await registerTable({ data, database, lake: database }, TableInput);
  return trino;
}

/** Under the names that objects have in S3: the ending tells Trino how a file is compressed. */
export async function shareFiles(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const file = join(entry.parentPath, entry.name);
    const isObject = entry.isFile() && /\.ndjson\.gz(\._S3rver_object)?$/.test(entry.name);
    if (!isObject) continue;
    const target = join(to, file.slice(from.length).replace(OWN_ENDING, ''));
    await mkdir(dirname(target), { recursive: true });
    await link(file, target).catch(() => copyFile(file, target));
  }
}
