import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, writeJson } from '../../lambdas/common/json.ts';
import { TieGuard } from '../../lambdas/sources/tail/tie-guard.ts';

interface Entry {
  id?: number;
  at: number | null;
  text?: string;
}

/** A guard that is shown the entries of pages. */
function guard() {
  const own = new TieGuard(({ value }) => (value as Entry).at);
  return { accepts: (entries: readonly Entry[]) => own.accepts(entries.map(writeJson)) };
}

const at = (time: number | null, ...ids: number[]): Entry[] => ids.map((id) => ({ id, at: time }));

const pagesOf = <T>(rows: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));

const collection = fc
  .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 30 })
  .map((times) => times.toSorted((a, b) => a - b).map((time, id): Entry => ({ id, at: time })));
const size = fc.integer({ min: 1, max: 7 });

describe('a page border between rows of one time', () => {
  it('is sound if no row appears twice', () => {
    fc.assert(
      fc.property(collection, size, (rows, length) => {
        const each = guard();
        for (const page of pagesOf(rows, length)) expect(each.accepts(page)).toBe(true);
      }),
    );
  });

  it.each([
    ['7', '"7"'],
    ['90071992547409931', '90071992547409931'],
    ['90071992547409931', '"90071992547409931"'],
  ])('is detected if the row with the id %s appears again with the id %s', (first, second) => {
    const own = new TieGuard(() => 1);
    expect(own.accepts([writeJson(parseJson(`{"id":${first}}`))])).toBe(true);
    expect(own.accepts([writeJson(parseJson(`{"id":${second}}`))])).toBe(false);
  });

  it('is detected whenever a row is missed because rows of one time change their order between two requests', () => {
    fc.assert(
      fc.property(collection, size, fc.infiniteStream(fc.nat({ max: 1000 })), (rows, length, weights) => {
        const each = guard();
        const got: Entry[] = [];
        const pages = pagesOf(rows, length).length;
        for (let number = 0; number < pages; number++) {
          // each request sees the rows of a time in another order
          const order = new Map(rows.map((row) => [row, weights.next().value ?? 0]));
          const now = rows.toSorted(
            (a, b) => Number(a.at) - Number(b.at) || Number(order.get(a)) - Number(order.get(b)),
          );
          const page = now.slice(number * length, (number + 1) * length);
          if (!each.accepts(page)) return;
          got.push(...page);
        }
        expect(new Set(got.map(({ id }) => id)).size).toBe(rows.length);
      }),
    );
  });

  it('is watched over several pages of that time', () => {
    const each = guard();
    expect([at(5, 1, 2), at(5, 3, 4), at(5, 5, 1)].map((page) => each.accepts(page))).toEqual([true, true, false]);
  });

  it('accepts an id that appears again with another time', () => {
    const each = guard();
    expect(each.accepts([...at(5, 1), ...at(6, 2)])).toBe(true);
    expect(each.accepts([...at(6, 3), ...at(7, 1, 2)])).toBe(true);
    expect(each.accepts(at(7, 3))).toBe(true);
    expect(each.accepts(at(7, 2))).toBe(false);
  });

  it('accepts an id that was at an earlier border', () => {
    const each = guard();
    for (const page of [at(5, 1), at(6, 2), at(6, 1)]) expect(each.accepts(page)).toBe(true);
  });

  it('compares rows without an id by their content', () => {
    const each = guard();
    expect(each.accepts([{ at: 5, text: 'a' }])).toBe(true);
    expect(each.accepts([{ at: 5, text: 'b' }])).toBe(true);
    expect(each.accepts([{ at: 5, text: 'a' }])).toBe(false);
  });

  it('remembers everything across a page without times, and records nothing of a page it refused', () => {
    const each = guard();
    each.accepts(at(5, 1, 2));
    expect(each.accepts(at(null, 9))).toBe(true);
    expect(each.accepts(at(5, 3, 2))).toBe(false);
    expect(each.accepts(at(5, 3))).toBe(true);
  });
});
