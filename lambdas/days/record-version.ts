/** A version of a record of a tail. */
export interface RecordVersion {
  /** Time of the change, milliseconds, not after the reading; null if the record has none. */
  readonly changedAt: number | null;
  /** Number of the batch with which it was read. */
  readonly batch: number;
  /** When it was read from the API, platform time, milliseconds. */
  readonly extractedAt: number;
  /** Its partition: UTC date of the record's own event. */
  readonly dt: string;
}

/**
 * True if `a` supersedes `b`, in the order of the views: the later change, then the later batch, then the later reading. If one batch
 * has two versions of a record that were read at once, the later day decides.
 */
export function isNewerVersion(a: RecordVersion, b: RecordVersion): boolean {
  const [changedA, changedB] = [a.changedAt ?? Number.NEGATIVE_INFINITY, b.changedAt ?? Number.NEGATIVE_INFINITY];
  if (changedA !== changedB) return changedA > changedB;
  if (a.batch !== b.batch) return a.batch > b.batch;
  if (a.extractedAt !== b.extractedAt) return a.extractedAt > b.extractedAt;
  return a.dt > b.dt;
}
