import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { writeJson } from '../../lambdas/common/json.ts';
import { segmentSession, toSegmentRecord } from '../../lambdas/segments/segment-record.ts';
import { findAt } from '../../lambdas/sources/nested/nested-paths.ts';
import { flattenTree } from '../../lambdas/sources/snapshot/flatten-tree.ts';
import type { Collection } from '../../simulator/collections.ts';
import type { Simulation } from '../../simulator/simulation.ts';

type Fields = Record<string, unknown>;

/** Records by endpoint, as the API shows them. */
export type Records = ReadonlyMap<string, readonly Fields[]>;

const TENANT = 'acme';
const BATCH = '0000000001';

/** What ingestion would have read at a virtual time of every endpoint that the API gives. */
function recordsOf(simulation: Simulation, at: number): Records {
  const given = ENDPOINTS.flatMap(({ name, source }): (readonly [string, Fields[]])[] => {
    if (source.kind === 'nested') return [];
    const records = simulation.records(source.path.slice(1) as Collection, at) as readonly Fields[];
    const isTree = source.kind === 'snapshot' && source.children !== undefined;
    return [[name, (isTree ? flattenTree(records, source.children ?? '') : records) as Fields[]]];
  });
  return new Map(given);
}

/**
 * Writes the lake that ingestion would leave after one run at a virtual time, without running it: fast, and one version of
 * every record.
 * @param changed makes another line of each
 * @returns the records it is made of
 */
export async function writeSimulatedLake(
  folder: string,
  simulation: Simulation,
  at: number,
  changed: (line: string) => string = (line) => line,
): Promise<Records> {
  const records = recordsOf(simulation, at);
  const extracted = new Date(at).toISOString();
  const origin = { _extracted_at: extracted, _batch: BATCH };
  const days = new Map<string, string[]>();
  const add = (prefix: string, dt: string, record: Fields) => {
    const key = `${prefix}/tenant=${TENANT}/dt=${dt}/${BATCH}-0.ndjson.gz`;
    const lines = days.get(key) ?? [];
    lines.push(`${changed(JSON.stringify({ ...record, ...origin }))}\n`);
    days.set(key, lines);
  };
  const dayOf = ({ source }: Endpoint, record: Fields) =>
    source.kind === 'tail'
      ? new Date(String(record[source.eventTime])).toISOString().slice(0, 10)
      : extracted.slice(0, 10);
  for (const endpoint of ENDPOINTS)
    for (const record of records.get(endpoint.name) ?? []) {
      const dt = dayOf(endpoint, record);
      add(`raw/${endpoint.name}`, dt, record);
      if (endpoint.channel !== undefined)
        add(
          endpoint.channel === 'call' ? 'segments' : 'segments/chat',
          dt,
          toSegmentRecord(segmentSession(endpoint.channel, { record, dt, extractedAt: extracted, batch: BATCH })),
        );
    }
  for (const { name, source } of ENDPOINTS)
    for (const parent of source.kind === 'nested' ? source.parents : [])
      for (const record of records.get(parent.endpoint) ?? []) {
        const endpoint = ENDPOINTS.find((each) => each.name === parent.endpoint);
        for (const { path, value } of parent.paths.flatMap((each) => findAt(writeJson(record), each)))
          add(`raw/${name}`, endpoint ? dayOf(endpoint, record) : '', {
            ...(value as Fields),
            _parent_type: parent.endpoint,
            _parent_id: record.id,
            _parent_updated_at: record.updated_at ?? null,
            _parent_path: path,
          });
      }
  for (const [key, lines] of days) {
    const file = join(folder, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(lines.join(''), { level: 1 }));
  }
  return records;
}
