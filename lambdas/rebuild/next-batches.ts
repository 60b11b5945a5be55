import type { ListedObject } from '../aws/s3-objects.ts';
import type { Lake } from '../lake/lake.ts';
import { type LakeFolder, parseObjectKey } from '../lake/lake-folders.ts';
import type { Zone } from '../lake/stored-object.ts';

/** An object of the lake and the batch that wrote it. */
export interface BatchObject extends ListedObject {
  readonly zone: Zone;
  readonly dt: string;
  readonly seq: number;
}

/** Batches whose objects are in the lake, in ascending order. */
export interface NextBatches {
  readonly batches: ReadonlyMap<number, readonly BatchObject[]>;
  /** False if there are later batches. */
  readonly isLast: boolean;
}

/**
 * Finds the next batches after a number by the keys of all objects. Keys are sorted by day, so all of them are listed, and only those
 * of the lowest numbers are kept: the memory does not grow with the lake.
 *
 *     after 812    keys of 813 813 814 816 816 | 817 819 820 ...
 *                          kept                | dropped: the next list finds them again
 *
 * @param maxObjects number of objects above which batches are left for later. One batch is returned in any case
 * @param keepAlive called with every thousand objects
 */
export async function findNextBatches(
  lake: Lake,
  folders: readonly LakeFolder[],
  after: number,
  maxObjects: number,
  keepAlive: () => Promise<void>,
): Promise<NextBatches> {
  let found: BatchObject[] = [];
  let below = Number.POSITIVE_INFINITY;
  let listed = 0;
  for (const folder of folders)
    for await (const object of lake.list(folder.path)) {
      listed += 1;
      if (listed % 1000 === 0) await keepAlive();
      const place = parseObjectKey(folder, object.key);
      if (place === undefined || place.seq <= after || place.seq >= below) continue;
      found.push({ ...object, ...place, zone: folder.zone });
      if (found.length < 2 * maxObjects) continue;
      below = findEnd(found, maxObjects);
      found = found.filter(({ seq }) => seq < below);
    }
  if (found.length > maxObjects) below = Math.min(below, findEnd(found, maxObjects));
  const kept = found.filter(({ seq }) => seq < below).sort((a, b) => a.seq - b.seq);
  return { batches: Map.groupBy(kept, ({ seq }) => seq), isLast: below === Number.POSITIVE_INFINITY };
}

/** The first batch number that does not fit. */
function findEnd(objects: BatchObject[], maxObjects: number): number {
  const numbers = objects.map(({ seq }) => seq).sort((a, b) => a - b);
  const [first = 0] = numbers;
  const end = numbers[maxObjects] ?? Number.POSITIVE_INFINITY;
  return end > first ? end : first + 1;
}
