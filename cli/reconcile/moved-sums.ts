import type { MatchedColumn } from './column-match.ts';
import type { HereRow, ReadingRules, ThereRow } from './portal-rows.ts';
import { parseNumber, reduceText } from './portal-values.ts';
import { findQueues, type RowJoin } from './row-join.ts';

/** Whether the counts of a queue only moved between days, as they do if the days are those of another zone. */
export interface MovedSums {
  readonly isMoved: (name: string, row: HereRow) => boolean;
  readonly isMovedThere: (name: string, row: ThereRow) => boolean;
}

/** Share of the differences of a queue's days that may be left over. Something near the first or last day can be missing. */
const MAX_REST = 0.25;

/** Adds up the differences of the counts of each queue, with their signs and without. */
export function createMovedSums(
  counts: readonly MatchedColumn[],
  { joined, onlyThere, onlyHere }: RowJoin,
  { hasDecimalComma }: ReadingRules,
): MovedSums {
  const ours = [...joined.map(({ here }) => here), ...onlyHere];
  const find = findQueues(ours.map(({ queue }) => (queue === null || queue === undefined ? null : String(queue))));
  const nameThere = ({ texts }: ThereRow) => find(texts.get('queue') ?? null) ?? '';
  const nameHere = ({ queue }: HereRow) => reduceText(String(queue ?? ''));
  const readThere = ({ texts }: ThereRow, name: string) =>
    parseNumber(texts.get(name) ?? '', hasDecimalComma)?.value ?? 0;
  const readHere = (row: HereRow, name: string) => (typeof row[name] === 'number' ? row[name] : 0);
  const sums = new Map<string, { readonly net: number; readonly gross: number }>();
  const add = (queue: string, name: string, difference: number) => {
    const { net, gross } = sums.get(`${queue}\n${name}`) ?? { net: 0, gross: 0 };
    sums.set(`${queue}\n${name}`, { net: net + difference, gross: gross + Math.abs(difference) });
  };
  for (const { name } of counts) {
    for (const { there, here } of joined) add(nameHere(here), name, readThere(there, name) - readHere(here, name));
    for (const row of onlyThere) add(nameThere(row), name, readThere(row, name));
    for (const row of onlyHere) add(nameHere(row), name, -readHere(row, name));
  }
  const isMoved = (name: string, queue: string) => {
    const { net, gross } = sums.get(`${queue}\n${name}`) ?? { net: 0, gross: 0 };
    return gross > 0 && Math.abs(net) <= MAX_REST * gross;
  };
  return {
    isMoved: (name, row) => isMoved(name, nameHere(row)),
    isMovedThere: (name, row) => isMoved(name, nameThere(row)),
  };
}
