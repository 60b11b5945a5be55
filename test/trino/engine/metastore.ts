import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../lib/template.ts';
import { text } from '../../lib/template.ts';

/** Folder of the file metastore below the data folder. */
export const METASTORE = '.metastore';

const FORMATS: Readonly<Record<string, string>> = {
  'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe': 'TEXTFILE',
};

interface Place {
  /** The data folder. */
  readonly data: string;
  readonly database: string;
  /** Folder of the lake below the data folder. */
  readonly lake: string;
}

/**
 * Puts a Glue table of a synthesised template into Trino's file metastore unchanged: the same columns, the same
 * `projection.*` parameters, the same base64 text of a view. Only the bucket becomes a folder. The schema must exist.
 */
export async function registerTable(place: Place, tableInput: Json): Promise<void> {
  const folder = join(place.data, METASTORE, place.database, tableInput.Name);
  const isView = tableInput.TableType === 'VIRTUAL_VIEW';
  const table = {
    writerVersion: '476',
    owner: 'test',
    tableType: tableInput.TableType,
    dataColumns: columns(tableInput.StorageDescriptor.Columns),
    partitionColumns: columns(tableInput.PartitionKeys),
    parameters: Object.fromEntries(
      Object.entries(tableInput.Parameters).map(([key, value]) => [key, local(place, value)]),
    ),
    serdeParameters: tableInput.StorageDescriptor.SerdeInfo.Parameters ?? {},
    columnStatistics: {},
    ...(isView ? viewOf(tableInput, place) : filesOf(tableInput, place)),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.trinoSchema'), JSON.stringify(table));
}

const columns = (all: Json[] = []) =>
  all.map(({ Name, Type, Comment }) => ({ name: Name, type: Type, comment: Comment, properties: {} }));

const local = ({ lake }: Place, value: Json): string => text(value).replace(/^s3:\/\/[^/]+\//, `local:///${lake}/`);

function filesOf({ StorageDescriptor: storage }: Json, place: Place) {
  const serde = storage.SerdeInfo.SerializationLibrary;
  const storageFormat = FORMATS[serde];
  if (storageFormat === undefined) throw new Error(`${serde}: add its format to FORMATS`);
  return { storageFormat, externalLocation: local(place, storage.Location) };
}

/** Trino's metastore wants to know who runs a view; Glue's text does not say it. */
function viewOf({ ViewOriginalText: original, ViewExpandedText: expanded }: Json, { database }: Place) {
  const [, encoded = ''] = /Presto View: (\S+)/.exec(original) ?? [];
  const view = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  const complete = { ...view, schema: database, runAsInvoker: false, owner: 'test', path: [] };
  const stored = Buffer.from(JSON.stringify(complete)).toString('base64');
  return { viewOriginalText: `/* Presto View: ${stored} */`, viewExpandedText: expanded };
}
