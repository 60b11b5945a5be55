import { describe, expect, it } from 'vitest';
import { writeJson } from '../../lambdas/common/json.ts';
import type { Page } from '../../lambdas/platform/page.ts';
import { chooseLength, readParallelPages } from '../../lambdas/sources/tail/parallel-pages.ts';

const page = (number: number, total: number | null = 1000, rows: readonly number[] = [number]): Page => ({
  rows: rows.map(writeJson),
  total,
  hasNext: null,
  answeredAt: 0,
});

/** Parallel pages, with what was asked for on the way. */
async function read(first: Page, ahead: number, fetch: (number: number) => Promise<Page>) {
  const asked: number[] = [];
  const rows: unknown[] = [];
  const pages = readParallelPages(first, { ahead, longest: 50 }, (number) => {
    asked.push(number);
    return fetch(number);
  });
  for await (const each of pages) rows.push(...each.rows.map(({ value }) => value));
  return { asked, rows };
}

describe('parallel pages', () => {
  it('gives the pages behind the first in order, even if they arrive in another', async () => {
    const late = new Map<number, () => void>();
    const result = read(page(1), 4, async (number) => {
      const isEven = number % 2 === 0;
      if (isEven) await new Promise<void>((resume) => late.set(number, resume));
      else late.get(number - 1)?.();
      return page(number);
    });
    const release = setInterval(() => late.get(10)?.());
    expect((await result).rows).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    clearInterval(release);
  });

  it('is not worth its first request below three pages, nor without Total', async () => {
    for (const [total, length] of [
      [null, 0],
      [0, 0],
      [200, 0],
      [201, 3],
      [1000, 10],
      [1_000_000, 50],
    ] as const) {
      expect(chooseLength(page(1, total), 50)).toBe(length);
      const { asked } = await read(page(1, total), 3, async (number) => page(number, total));
      expect(asked).toHaveLength(Math.max(0, length - 1));
    }
  });

  it('has never more requests in flight than it may', async () => {
    for (const ahead of [1, 3, 8]) {
      let now = 0;
      let most = 0;
      await read(page(1, 3000), ahead, async (number) => {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now -= 1;
        return page(number, 3000);
      });
      expect(most).toBe(ahead);
    }
  });

  it('ends before the first page whose Total differs: something has left the range', async () => {
    const { rows, asked } = await read(page(1), 3, async (number) => page(number, number < 6 ? 1000 : 999));
    expect(rows).toEqual([2, 3, 4, 5]);
    expect(Math.max(...asked)).toBeLessThanOrEqual(8);
  });

  it('ends before a page without rows', async () => {
    const { rows } = await read(page(1), 3, async (number) => page(number, 1000, number < 4 ? [number] : []));
    expect(rows).toEqual([2, 3]);
  });

  it('fails with the page that failed, after the pages before it were given', async () => {
    const given: unknown[] = [];
    const failing = async () => {
      for await (const { rows } of readParallelPages(page(1), { ahead: 4, longest: 50 }, async (number) => {
        if (number >= 5) throw new Error(`page ${number}`);
        return page(number);
      }))
        given.push(...rows.map(({ value }) => value));
    };
    await expect(failing()).rejects.toThrow('page 5');
    expect(given).toEqual([2, 3, 4]);
  });

  it('that is left early waits for what is in flight, and asks for nothing more', async () => {
    const ended: number[] = [];
    const pages = readParallelPages(page(1), { ahead: 4, longest: 50 }, async (number) => {
      for (let i = 0; i < number; i++) await new Promise(setImmediate);
      ended.push(number);
      if (number === 4) throw new Error('nobody waits for this one');
      return page(number);
    });
    for await (const { rows } of pages) if (rows[0]?.value === 2) break;
    expect(ended).toEqual([2, 3, 4, 5]);
  });

  it('begins the next range while the last pages are on their way, with no more requests in flight', async () => {
    for (const ahead of [2, 3, 8]) {
      const asked: number[] = [];
      let now = 0;
      let most = 0;
      const request = async (number: number) => {
        asked.push(number);
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now -= 1;
        return page(number, 3000);
      };
      let next: Promise<Page> | undefined;
      const given: unknown[] = [];
      const pages = readParallelPages(page(1, 3000), { ahead, longest: 10 }, request, (last) => {
        expect(last.rows[0]?.value).toBe(10);
        next = request(11);
      });
      for await (const { rows } of pages) given.push(rows[0]?.value);
      expect(given).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(asked.slice(0, 2)).toEqual([10, 2]);
      expect(asked.at(-1)).toBe(11);
      expect(most).toBe(ahead);
      await next;
    }
  });

  it('begins no next range where less than a whole group is left, or a page fails', async () => {
    const begun: Page[] = [];
    const options = { ahead: 3, longest: 10 };
    for await (const _ of readParallelPages(
      page(1, 900),
      options,
      async (n) => page(n, 900),
      (p) => begun.push(p),
    ));
    const failing = async () => {
      const fetch = async (number: number) => {
        if (number === 10) throw new Error('page 10');
        return page(number, 3000);
      };
      for await (const _ of readParallelPages(page(1, 3000), options, fetch, (p) => begun.push(p)));
    };
    await expect(failing()).rejects.toThrow('page 10');
    expect(begun).toEqual([]);
  });
});
