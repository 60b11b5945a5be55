import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import * as z from 'zod';
import { type Endpoint, findEndpoint } from '../../catalog/index.ts';
import type { AuditedLake } from '../../lambdas/audit/audited-lake.ts';
import {
  createMarkQuery,
  createNestedQuery,
  createQuarantineQuery,
  createSampleQuery,
  createSnapshotQuery,
  createTailQuery,
} from '../../sql/audit/audit-queries.ts';
import { openWarehouse } from '../warehouse/open-warehouse.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** Sessions to compute again. */
const SAMPLE = 20;

const number = z.coerce.number();
const id = z.string();
const tailRow = z.object({
  id,
  cursor_time: number,
  batch: number,
  dt: z.string(),
  has_segments: z.boolean().optional(),
});
const snapshotRow = z.object({ id, line: z.string(), extracted_at: number });
const idRow = z.object({ id: z.string().nullable() });
const sampleRow = z.object({ id, dt: z.string(), line: z.string(), computed: z.string() });
const nestedRow = z.object({
  dt: z.string(),
  parents: number,
  expected: number,
  found: number,
  different: z.string().nullable(),
});

/** Endings of an object's file: in the embedded S3, and in a copy of a bucket. */
const ENDINGS = ['._S3rver_object', ''];

/** The lake of a folder. */
export interface LocalLake extends AuditedLake {
  /** Ends the use of the folder, until the next question. Call it after a run, which may write to tables that had no files. */
  close(): Promise<void>;
}

/** Answers of a lake folder for an audit. */
export function createLocalLake(folder: string, tenant: string): LocalLake {
  let warehouse: Promise<Warehouse> | undefined;
  const ask = async <Row>(schema: z.ZodType<Row>, sql: string): Promise<Row[]> => {
    warehouse ??= openWarehouse(folder, { threads: 1 });
    const { rows } = await (await warehouse).query(sql);
    return schema.array().parse(rows);
  };
  const askIds = async (sql: string) => new Set((await ask(idRow, sql)).flatMap((row) => row.id ?? []));
  return {
    readTail: async (endpoint, days) => {
      const rows = await ask(tailRow, createTailQuery(endpoint, tailOf(endpoint), { tenant, days }));
      return rows.map(({ has_segments: hasSegments, cursor_time: at, ...row }) => ({ ...row, at, hasSegments }));
    },
    readSnapshot: async (endpoint) => {
      const rows = await ask(snapshotRow, createSnapshotQuery(endpoint, tenant));
      return rows.map(({ extracted_at: extractedAt, ...row }) => ({ ...row, extractedAt }));
    },
    readSetAside: async (endpoint) => ({
      quarantined: await askIds(createQuarantineQuery(endpoint, tenant)),
      marked: await askIds(createMarkQuery(endpoint, tenant)),
    }),
    readNested: async (endpoint, parent, days) => {
      const place = findEndpoint(parent.endpoint);
      if (place === undefined || place.source.kind === 'nested') return [];
      const rows = await ask(nestedRow, createNestedQuery(endpoint, parent, place, place.source, { tenant, days }));
      return rows.map((row) => ({ ...row, different: parseDifferent(row.different) }));
    },
    sampleSessions: (endpoint, days, salt) =>
      ask(sampleRow, createSampleQuery(endpoint, tailOf(endpoint), { tenant, days }, { size: SAMPLE, salt })),
    sizes: async (keys) => {
      const sizes = await pMap(keys, async (key) => [key, await sizeOf(join(folder, key))] as const, {
        concurrency: 8,
      });
      return new Map(sizes.flatMap(([key, size]) => (size === undefined ? [] : [[key, size]])));
    },
    close: async () => {
      const open = await warehouse;
      warehouse = undefined;
      await open?.[Symbol.asyncDispose]();
    },
  };
}

function tailOf({ name, source }: Endpoint) {
  if (source.kind === 'tail') return source;
  throw new Error(`${name} is no tail`);
}

/** Parents as `<id>:<milliseconds>`, separated by commas. */
const parseDifferent = (text: string | null) =>
  (text ?? '')
    .split(',')
    .filter((each) => each !== '')
    .map((each) => {
      const [parent = '', at = ''] = each.split(':');
      return { id: parent, at: Number(at) };
    });

async function sizeOf(file: string): Promise<number | undefined> {
  for (const ending of ENDINGS) {
    const found = await stat(`${file}${ending}`).catch(() => undefined);
    if (found !== undefined) return found.size;
  }
  return undefined;
}
