import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { segmentCall, toSegmentRecord } from '../../lambdas/segments/segment-record.ts';
import { ParquetCurator } from '../../local/curation/parquet-curator.ts';
import { locateCurated } from '../../local/warehouse/curated-views.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { quoteText } from '../../local/warehouse/raw-views.ts';
import { simulate } from '../../simulator/simulation.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import type { Figure } from './bench-figure.ts';

const DAY = 86_400_000;
/** As often as calls are ingested, milliseconds. */
const CADENCE = 5 * 60_000;
const YESTERDAY = '2026-03-02';
/** Columns that "average handle time per queue" reads. */
const COLUMNS = ['queue_name', 'handle_time'];

/**
 * Bytes that "average handle time per queue, yesterday" reads. Both tables are divided by days, so that of a quarter only one
 * day is read in either; of columns in Parquet only those asked for, and the footer that says where they are.
 */
export async function curatedFigures(): Promise<Figure[]> {
  const lake = await mkdtemp(join(tmpdir(), 'ccaip-bench-'));
  try {
    const raw = await writeDay(join(lake, `segments/tenant=bench/dt=${YESTERDAY}`));
    const curated = await curatedBytes(lake);
    const what = 'average handle time per queue, yesterday of 90 days:';
    return [
      { name: `${what} bytes on raw gzip`, value: raw, unit: 'bytes' },
      { name: `${what} bytes on curated`, value: curated, unit: 'bytes' },
      { name: `${what} curated / raw`, value: (100 * curated) / raw, unit: '%', aim: { atMost: 3 } },
    ];
  } finally {
    await rm(lake, { recursive: true, force: true });
  }
}

/** Writes the segments of a day of a centre of 60 seats as runs every five minutes do, until a day later. @returns bytes */
async function writeDay(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const simulation = simulate({ days: 2, start: `${YESTERDAY}T00:00:00.000Z` });
  let bytes = 0;
  for (let now = simulation.startMs + CADENCE; now <= simulation.startMs + 2 * DAY; now += CADENCE) {
    const extractedAt = new Date(now).toISOString();
    const lines = simulation
      .records('calls', now)
      .filter(({ created_at, updated_at }) => isOfDay(created_at) && Date.parse(String(updated_at)) > now - CADENCE)
      .map((record) => toSegmentRecord(segmentCall({ record, dt: YESTERDAY, extractedAt, batch: String(now) })))
      .map((record) => JSON.stringify({ ...record, _extracted_at: extractedAt, _batch: String(now) }));
    if (lines.length === 0) continue;
    const body = gzipSync(`${lines.join('\n')}\n`);
    await writeFile(join(folder, `${now}-x.ndjson.gz`), body);
    bytes += body.length;
  }
  return bytes;
}

const isOfDay = (time: unknown) => new Date(String(time)).toISOString().startsWith(YESTERDAY);

async function curatedBytes(lake: string): Promise<number> {
  const table = listCuratedTables().find(({ view }) => view === 'call_segments');
  if (table === undefined) throw new Error('call_segments is not curated');
  await using warehouse = await openWarehouse(lake);
  await new ParquetCurator(warehouse, lake).merge(table, { tenant: 'bench', days: [YESTERDAY] });
  const folder = join(locateCurated(lake, table), `tenant=bench/dt=${YESTERDAY}`);
  let bytes = 0;
  for (const name of await readdir(folder)) {
    const file = quoteText(join(folder, name));
    const { rows } = await warehouse.query(`SELECT
  (SELECT sum(footer_size) FROM parquet_file_metadata(${file}))
    + (SELECT sum(total_compressed_size) FROM parquet_metadata(${file})
       WHERE path_in_schema IN (${COLUMNS.map(quoteText).join(', ')})) AS bytes`);
    bytes += Number(rows[0]?.bytes);
  }
  return bytes;
}
