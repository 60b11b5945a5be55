/**
 * An API collection ordered by a cursor field, taken from the cursor on.
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
   * Field that is null while a record is open and is filled in later without moving the cursor:
   * open records are read again until it has a value. Where the platform filters by it (`<openUntil>[from]`), those that were
   * closed are asked for.
   * @default - records that change move their cursor
   */
  readonly openUntil?: string;
}

/** A whole API collection, written only when its walk was complete. */
export interface SnapshotSource {
  readonly kind: 'snapshot';
  readonly path: string;
  /**
   * Field with child nodes of the same shape: the tree becomes one record per node, depth first, without this field,
   * with `_path` (ids from the root) and `_level` (root = 0).
   * @default - the collection is flat
   */
  readonly children?: string;
  /**
   * Array field (or single object) of which the view shows one row per element.
   * @default - one row per record
   */
  readonly rowPer?: string;
}

/** Where nested records live in one parent endpoint, e.g. `transfers[].to_agent`. */
export interface NestedParent {
  readonly endpoint: string;
  readonly paths: readonly string[];
}

/** Records that live inside a parent endpoint's records; read from the lake, never from the API. */
export interface NestedSource {
  readonly kind: 'nested';
  readonly parents: readonly NestedParent[];
}

export type Source = TailSource | SnapshotSource | NestedSource;
