import type { Quirks } from './quirks.ts';

/** With `short-pages`, deleted records follow one in this number of records. */
const SHORTENED = 1 / 37;

/** Number of deleted records that still have their places after such a record. */
const FEW_DELETED = 3;

/**
 * The places of a range in its order: the rank of a record, or null for a deleted record that still takes its place on a page.
 * @param ids of the records of the range
 * @param anchor the record that many deleted ones follow with `empty-pages`
 */
export function layOutPlaces(quirks: Quirks, ids: readonly number[], anchor: number | undefined): (number | null)[] {
  const places: (number | null)[] = [];
  for (const [rank, id] of ids.entries()) {
    places.push(rank);
    if (quirks.has('empty-pages') && id === anchor)
      for (let deleted = 0; deleted < quirks.sizes.deleted; deleted++) places.push(null);
    if (quirks.has('short-pages') && quirks.draw('short-pages', id) < SHORTENED)
      for (let deleted = 0; deleted < FEW_DELETED; deleted++) places.push(null);
  }
  return places;
}

/** Whether a platform with these quirks has places of deleted records. */
export const hasDeletedPlaces = (quirks: Quirks): boolean => quirks.has('empty-pages') || quirks.has('short-pages');
