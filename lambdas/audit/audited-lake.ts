import type { Endpoint, NestedParent } from '../../catalog/index.ts';
import type { LakeRecord } from './lake-index.ts';

/** The newest version of a record of a tail, with its day. */
export interface DatedRecord extends LakeRecord {
  /** Partition, UTC date. */
  readonly dt: string;
  /** Whether what is computed from this version is in the lake. Undefined for endpoints that are not sessions. */
  readonly hasSegments: boolean | undefined;
}

/** A record of the newest snapshot. */
export interface SnapshotRecord {
  readonly id: string;
  /** The line in the lake. */
  readonly line: string;
  /** When the snapshot was read, milliseconds. */
  readonly extractedAt: number;
}

/** A session, and what is computed from it, as lines of the lake. */
export interface SampledSession {
  readonly id: string;
  readonly dt: string;
  readonly line: string;
  readonly computed: string;
}

/** The parents of one day, and the records inside them. */
export interface NestedDay {
  readonly dt: string;
  readonly parents: number;
  /** Number of records inside the parents. */
  readonly expected: number;
  /** Number of rows in the nested view. */
  readonly found: number;
  /** Parents with a difference, and their cursor times in milliseconds. */
  readonly different: readonly { readonly id: string; readonly at: number }[];
}

/** Ids in a special state. */
export interface SetAside {
  /** In quarantine. */
  readonly quarantined: ReadonlySet<string>;
  /** Marked as missing upstream by an earlier audit. */
  readonly marked: ReadonlySet<string>;
}

/** Answers of the lake of one tenant, for an audit. */
export interface AuditedLake {
  /** The newest versions of the records of a tail in some partitions. */
  readTail(endpoint: Endpoint, days: readonly string[]): Promise<readonly DatedRecord[]>;
  readSnapshot(endpoint: Endpoint): Promise<readonly SnapshotRecord[]>;
  readSetAside(endpoint: Endpoint): Promise<SetAside>;
  readNested(
    endpoint: Endpoint,
    parent: NestedParent & { readonly readTo: number },
    days: readonly string[],
  ): Promise<readonly NestedDay[]>;
  /** Some sessions of the days. */
  sampleSessions(endpoint: Endpoint, days: readonly string[], salt: number): Promise<readonly SampledSession[]>;
  /** Sizes in bytes of the objects with these keys. A key without an object is left out. */
  sizes(keys: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
