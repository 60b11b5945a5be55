import type { Endpoint } from '../../catalog/index.ts';
import type { Zone } from './stored-object.ts';

/** A folder of the lake with objects of a tenant's endpoint. */
export interface LakeFolder {
  readonly zone: Zone;
  /** Ends with a slash. */
  readonly path: string;
}

/** Lists the folders that ingestion writes of a tenant's endpoint. */
export function listLakeFolders({ name, channel }: Endpoint, tenant: string): LakeFolder[] {
  const folders: LakeFolder[] = [
    { zone: 'raw', path: `raw/${name}/tenant=${tenant}/` },
    { zone: 'quarantine', path: `quarantine/${name}/tenant=${tenant}/` },
    { zone: 'drift', path: `drift/${name}/tenant=${tenant}/` },
  ];
  if (channel === undefined) return folders;
  const segments = channel === 'call' ? 'segments' : `segments/${channel}`;
  return [...folders, { zone: 'segments', path: `${segments}/tenant=${tenant}/` }];
}

/** What the key of an object says. */
interface ObjectPlace {
  readonly dt: string;
  /** Number of the batch. */
  readonly seq: number;
}

const PLACE = /^dt=(\d{4}-\d{2}-\d{2})\/(\d{10,})-[^/]+\.ndjson\.gz$/;

/** Parses the key of an object in a folder; undefined if ingestion does not write such a key. */
export function parseObjectKey({ path }: LakeFolder, key: string): ObjectPlace | undefined {
  const [, dt, seq] = PLACE.exec(key.slice(path.length)) ?? [];
  return dt === undefined ? undefined : { dt, seq: Number(seq) };
}
