import { describe, expect, it } from 'vitest';
import { writeJson } from '../../lambdas/common/json.ts';
import type { Page } from '../../lambdas/platform/page.ts';
import { chooseLength, readParallelPages, type SettledRange } from '../../lambdas/sources/tail/parallel-pages.ts';

const page = (number: number, total: number | null = 1000, rows: readonly number[] = [number]): Page => ({
  rows: rows.map(writeJson),
  total,
  hasNext: null,
  perPage: null,
  answeredAt: 0,
});

type Fetch = (page: number) => Promise<Page>;

const rangeOf = (fetch: Fetch, from = 0): SettledRange => ({ from, first: () => fetch(1), fetch });
const none = () => undefined;

/** Parallel pages of one range, with what was asked for on the way. */
async function read(ahead: number, fetch: Fetch, longest = 50) {
  const asked: number[] = [];
  const rows: unknown[] = [];
  const range = rangeOf((number) => {
    asked.push(number);
    return fetch(number);
  });
  for await (const { page } of readParallelPages(range, { ahead, longest }, none))
    rows.push(...page.rows.map(({ value }) => value));
  return { asked, rows };
}

describe('parallel pages', () => {
  it('come in order, even if they arrive in another', async () => {
    const late = new Map<number, () => void>();
    const result = read(4, async (number) => {
      const isEven = number % 2 === 0;
      if (isEven) await new Promise<void>((resume) => late.set(number, resume));
      else late.get(number - 1)?.();
      return page(number);
    });
    const release = setInterval(() => late.get(10)?.());
    expect((await result).rows).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    clearInterval(release);
  });

  it('are only the first page below three pages, and without Total', async () => {
    for (const [total, length] of [
      [null, 0],
      [0, 0],
      [200, 0],
      [201, 3],
      [1000, 10],
      [1_000_000, 50],
    ] as const) {
      expect(chooseLength(page(1, total), 50)).toBe(length);
      const { asked } = await read(3, async (number) => page(number, total));
      expect(asked).toHaveLength(Math.max(1, length));
    }
  });

  it('never exceed the maximum number of requests in flight', async () => {
    for (const ahead of [1, 2, 3, 8]) {
      let now = 0;
      let most = 0;
      const fetch = async (number: number) => {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now -= 1;
        return page(number, 3000);
      };
      const ranges: number[] = [];
      const next = ({ from }: SettledRange) => (from < 3 ? rangeOf(fetch, from + 1) : undefined);
      for await (const { range } of readParallelPages(rangeOf(fetch), { ahead, longest: 10 }, next))
        ranges.push(range.from);
      // with one request at a time, nothing is asked for early
      expect(ranges).toHaveLength(ahead === 1 ? 10 : 40);
      expect(most).toBe(ahead);
    }
  });

  it('end before the first page whose Total differs: something has left the range', async () => {
    const { rows, asked } = await read(3, async (number) => page(number, number < 6 ? 1000 : 999));
    expect(rows).toEqual([1, 2, 3, 4, 5]);
    expect(Math.max(...asked)).toBeLessThanOrEqual(8);
  });

  it('end before a page without rows', async () => {
    const { rows } = await read(3, async (number) => page(number, 1000, number < 4 ? [number] : []));
    expect(rows).toEqual([1, 2, 3]);
  });

  it('fail with the page that failed, after the pages before it were returned', async () => {
    const given: unknown[] = [];
    const range = rangeOf(async (number) => {
      if (number >= 5) throw new Error(`page ${number}`);
      return page(number);
    });
    const failing = async () => {
      for await (const { page } of readParallelPages(range, { ahead: 4, longest: 50 }, none))
        given.push(...page.rows.map(({ value }) => value));
    };
    await expect(failing()).rejects.toThrow('page 5');
    expect(given).toEqual([1, 2, 3, 4]);
  });

  it('that are abandoned early wait for requests in flight, and send no more', async () => {
    const ended: number[] = [];
    const range = rangeOf(async (number) => {
      for (let i = 0; i < number; i++) await new Promise(setImmediate);
      ended.push(number);
      if (number === 4) throw new Error('this page is never awaited');
      return page(number);
    });
    for await (const { number } of readParallelPages(range, { ahead: 4, longest: 50 }, none)) if (number === 2) break;
    const atEnd = [...ended];
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(ended).toEqual(atEnd);
    expect(Math.max(...ended)).toBeLessThanOrEqual(6);
  });

  it('continue with the next range, whose first page is requested before the last pages of this range', async () => {
    const asked: string[] = [];
    const range = (from: number): SettledRange =>
      rangeOf(async (number) => {
        asked.push(`${from}:${number}`);
        await new Promise(setImmediate);
        return page(number, 3000, [from * 100 + number]);
      }, from);
    const lasts: unknown[] = [];
    const given: string[] = [];
    const follow = ({ from }: SettledRange, last: Page) => {
      lasts.push(last.rows[0]?.value);
      return from < 2 ? range(from + 1) : undefined;
    };
    for await (const each of readParallelPages(range(1), { ahead: 3, longest: 8 }, follow))
      given.push(`${each.range.from}:${each.number}`);
    const pagesOf = (from: number) => [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `${from}:${number}`);
    expect(given).toEqual([...pagesOf(1), ...pagesOf(2)]);
    expect(asked.toSorted()).toEqual(given.toSorted());
    expect(asked.slice(0, 3)).toEqual(['1:1', '1:8', '1:2']);
    expect(asked.indexOf('2:1')).toBeLessThan(asked.indexOf('1:7'));
    expect(lasts).toEqual([108, 208]);
  });

  it('do not continue after a range that lacks pages, or whose last page fails', async () => {
    const begun: Page[] = [];
    const follow = (_range: SettledRange, last: Page) => {
      begun.push(last);
      return undefined;
    };
    const options = { ahead: 3, longest: 10 };
    const readAll = async (fetch: Fetch) => {
      const numbers: number[] = [];
      for await (const { number } of readParallelPages(rangeOf(fetch), options, follow)) numbers.push(number);
      return numbers;
    };
    expect(await readAll(async (number) => page(number, 900))).toHaveLength(9);
    const failing = readAll(async (number) => {
      if (number === 10) throw new Error('page 10');
      return page(number, 3000);
    });
    await expect(failing).rejects.toThrow('page 10');
    expect(begun).toEqual([]);
  });
});
