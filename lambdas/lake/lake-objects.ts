import { hash } from 'node:crypto';
import { formatSequence } from '../aws/state-keys.ts';
import { withMembers } from '../common/json-text.ts';
import { encodeLines } from './lake.ts';
import type { Zone } from './stored-object.ts';

/** An object to write. Its key is derived from its content, so writing it again overwrites it with the same bytes. */
export interface LakeObject {
  readonly key: string;
  readonly zone: Zone;
  readonly dt: string;
  /** Number of its lines. */
  readonly records: number;
  readonly body: Uint8Array;
}

export interface Line {
  readonly dt: string;
  /** A JSON object. */
  readonly json: string;
  /** Keys added by ingestion, e.g. `_extracted_at`. */
  readonly added: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly zone: Zone;
  /** @default - the zone holds one table */
  readonly endpoint?: string;
  readonly tenant: string;
  readonly seq: number;
}

/** Creates one object per partition and keeps the order of the lines. */
export function createLakeObjects({ zone, endpoint, tenant, seq }: Place, lines: Iterable<Line>): LakeObject[] {
  const partitions = new Map<string, Line[]>();
  for (const line of lines) {
    const partition = partitions.get(line.dt);
    if (partition) partition.push(line);
    else partitions.set(line.dt, [line]);
  }
  const folder = endpoint === undefined ? zone : `${zone}/${endpoint}`;
  return [...partitions].map(([dt, partition]) => {
    const body = encodeLines(partition.map(({ json, added }) => withMembers(json, added)));
    // over the whole content, without the last line break: two runs that got different answers never write the same key
    const digest = hash('sha1', body.subarray(0, -1), 'hex').slice(0, 12);
    return {
      key: `${folder}/tenant=${tenant}/dt=${dt}/${formatSequence(seq)}-${digest}.ndjson.gz`,
      zone,
      dt,
      records: partition.length,
      body,
    };
  });
}
