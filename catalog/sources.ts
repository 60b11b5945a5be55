/**
 * An API collection ordered by a cursor field, read from the cursor.
 * Source: ccaip-api "Tailing", Google's own guidance for calls, chats and agent activity.
 */
export interface TailSource {
  readonly kind: 'tail';
  /** Path of the collection below the base URL. */
  readonly path: string;
  /** Timestamp field that orders the collection and filters it (`<cursor>[from]`). */
  readonly cursor: string;
  /** Timestamp field of the record's own event; its UTC date is the partition `dt`. */
  readonly eventTime: string;
  /**
   * Field that is null while a record is open and is filled in later without moving the cursor. Open records are read again
   * until it has a value. If the platform can filter by it (`<openUntil>[from]`), closed records are requested.
   * @default - records that change move their cursor
   */
  readonly openUntil?: string;
}

/** A whole API collection, written only after it was read completely. */
export interface SnapshotSource {
  readonly kind: 'snapshot';
  readonly path: string;
  /**
   * Field with child nodes of the same structure. The tree becomes one record per node, depth first, without this field and
   * with `_path` (ids from the root) and `_level` (root = 0).
   * @default - the collection is flat
   */
  readonly children?: string;
  /**
   * Array field (or single object). The view has one row per element.
   * @default - one row per record
   */
  readonly rowPer?: string;
}

/** Places of nested records in one parent endpoint, e.g. `transfers[].to_agent`. */
export interface NestedParent {
  readonly endpoint: string;
  readonly paths: readonly string[];
}

/** Records inside a parent endpoint's records, read from the lake and never from the API. */
export interface NestedSource {
  readonly kind: 'nested';
  readonly parents: readonly NestedParent[];
}

export type Source = TailSource | SnapshotSource | NestedSource;
