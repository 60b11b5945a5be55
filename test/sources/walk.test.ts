import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ContractError, OversizedAnswerError, UnreadableError } from '../../lambdas/common/errors.ts';
import { writeJson } from '../../lambdas/common/json.ts';
import { iso, MovingCollection, NOW, observe, versionOf } from './walk-model.ts';

const SECOND = 1000;
const HOUR = 3_600_000;

const habits = fc.record({ pageSize: fc.integer({ min: 1, max: 12 }), total: fc.boolean(), link: fc.boolean() });

/** Few different times, so that many records share one. */
const ages = fc.array(
  fc.integer({ min: 1, max: 4 }).map((hours) => hours * HOUR),
  { maxLength: 40 },
);

const moves = fc.array(fc.array(fc.nat({ max: 44 }), { maxLength: 3 }), { maxLength: 40 });

/** Reads a collection in which no page can have one of the records. */
const poisonedFetch =
  (collection: MovingCollection, isPoisoned: (id: number) => boolean): MovingCollection['fetch'] =>
  async (request) => {
    const page = await collection.fetch(request);
    if (page.rows.some(({ value }) => isPoisoned(Object(value).id))) throw new UnreadableError('500');
    return page;
  };

describe('a walk over a record that cannot be delivered', () => {
  const crowd = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 150 });
  const leaving = fc.array(fc.array(fc.nat({ max: 155 }), { maxLength: 3 }), { maxLength: 60 });
  const hints = fc.record({ total: fc.boolean(), link: fc.boolean() });

  it('sees every version of all others while records move', async () => {
    await fc.assert(
      fc.asyncProperty(hints, crowd, leaving, fc.nat({ max: 19 }), async (rules, minutes, changes, poisoned) => {
        const ages = minutes.map((each) => HOUR + each * 60 * SECOND);
        const collection = new MovingCollection(rules, ages, changes);
        const fetch = poisonedFetch(collection, (id) => id === poisoned);
        const { seen } = await observe(collection, collection.walk({ fetch }));
        for (const version of collection.standing(NOW + 1))
          if (!version.startsWith(`${poisoned}v`)) expect(seen).toContain(version);
      }),
      { numRuns: 200 },
    );
  });

  it.each([true, false])('notes it within the range only, if the platform honours its end: %s', async (heedsTo) => {
    const collection = new MovingCollection({ heedsTo }, [5 * HOUR, 4 * HOUR, 3 * HOUR, 2 * HOUR, HOUR]);
    const until = NOW - 3 * HOUR;
    const found: { from: number; until: number }[] = [];
    const fetch = poisonedFetch(collection, (id) => id === 1 || id === 4);
    for await (const page of collection.walk({ fetch, until })) found.push(...page.unreadable);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect([each.from, each.until]).toEqual([NOW - 5 * HOUR, NOW - 3 * HOUR]);
  });
});

describe('a record that cannot be delivered, and that no other follows on its page', () => {
  /** A record behind the end of the range, then 230 places of deleted ones. The next record is on another page. */
  const findGaps = async (isCut: boolean) => {
    const places = [70, ...Array.from({ length: 230 }, () => null), 90];
    const found: { from: number; until: number }[] = [];
    const pages = new MovingCollection({}, []).walk({
      from: 10,
      until: 50,
      fetch: async ({ from, until = 100, page, per = 100 }) => {
        const matching = places.filter((at) => at === null || (at >= from && (!isCut || at <= until)));
        const part = matching.slice((page - 1) * per, page * per);
        if (isCut ? from === 10 && page === 1 : part.includes(70)) throw new UnreadableError('500');
        const rows = part.filter((at) => at !== null).map((at) => writeJson({ id: at }));
        return { rows, total: null, perPage: per, hasNext: page * per < matching.length, answeredAt: 99 };
      },
      cursorOf: ({ value }) => Object(value).id,
    });
    for await (const { unreadable } of pages) found.push(...unreadable.map(({ from, until }) => ({ from, until })));
    return found;
  };

  it('lies before the moment at which it was met, if the platform ignores the end of a range', async () => {
    const found = await findGaps(false);
    expect(found).not.toEqual([]);
    for (const gap of found) expect(gap).toEqual({ from: 10, until: 99 });
  });

  it('lies in the range, if the platform cuts ranges at their ends', async () => {
    const found = await findGaps(true);
    expect(found).not.toEqual([]);
    for (const gap of found) expect(gap).toEqual({ from: 10, until: 50 });
  });
});

describe('a walk over pages that are too large', () => {
  it('continues past the places of two hundred deleted records, ten at a time', async () => {
    const places = [1, 2, 3, ...Array.from({ length: 200 }, () => null), 4, 5];
    const rows: number[] = [];
    const pages = new MovingCollection({}, []).walk({
      fetch: async ({ from, page, per = 100 }) => {
        if (per === 100) throw new OversizedAnswerError('more than 10 MB');
        const behind = places.filter((id) => id === null || id >= from);
        const part = behind.slice((page - 1) * per, page * per).filter((id) => id !== null);
        const hasNext = page * per < behind.length;
        return { rows: part.map((id) => writeJson({ id })), total: null, perPage: per, hasNext, answeredAt: 0 };
      },
      cursorOf: ({ value }) => Object(value).id,
    });
    for await (const page of pages) rows.push(...page.rows.map(({ value }) => Object(value).id));
    expect(new Set(rows)).toEqual(new Set([1, 2, 3, 4, 5]));
  });
});

describe('a walk while records move', () => {
  it('sees every version that still exists, on pages and ties of any size, with any headers', async () => {
    await fc.assert(
      fc.asyncProperty(habits, ages, moves, async (rules, times, changes) => {
        const collection = new MovingCollection(rules, times, changes);
        const { seen } = await observe(collection, collection.walk());
        // what was written when the walk had begun may come after its last page
        for (const version of collection.standing(NOW + 1)) expect(seen).toContain(version);
      }),
      { numRuns: 300 },
    );
  });

  it('claims to have seen the settled past up to its watermark only when it has', async () => {
    await fc.assert(
      fc.asyncProperty(habits, ages, moves, async (rules, times, changes) => {
        const collection = new MovingCollection(rules, times, changes);
        const { missedAtFrontier } = await observe(collection, collection.walk());
        expect(missedAtFrontier).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('claims nothing beyond a timestamp of several pages until it has read them backwards', async () => {
    // two pages at -2 h, then one record an hour later; the first record changes between the two pages
    const collection = new MovingCollection({}, [...new Array(150).fill(2 * HOUR), HOUR], [[], [], [0]]);
    const { missedAtFrontier } = await observe(collection, collection.walk());
    expect(missedAtFrontier).toEqual([]);
  });

  it('sees every version while it reads the settled past in bursts', async () => {
    const crowd = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 300, maxLength: 520 });
    const rules = fc.record({ pageSize: fc.constantFrom(100, 60), total: fc.constant(true), link: fc.boolean() });
    const lengths = fc.record({ ahead: fc.integer({ min: 1, max: 6 }), longest: fc.integer({ min: 1, max: 8 }) });
    const sparse = fc.array(fc.array(fc.nat({ max: 519 }), { maxLength: 2 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(rules, crowd, sparse, lengths, async (each, times, changes, { ahead, longest }) => {
        const collection = new MovingCollection(
          each,
          times.map((minutes) => HOUR + minutes * 60 * SECOND),
          changes,
        );
        const { seen, missedAtFrontier } = await observe(
          collection,
          collection.walk({ parallel: collection.parallel(ahead, longest) }),
        );
        for (const version of collection.standing(NOW + 1)) expect(seen).toContain(version);
        expect(missedAtFrontier).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('sees every version on a platform that ignores the end of a range', async () => {
    const late = fc.array(fc.array(fc.integer({ min: 0, max: 250 }), { minLength: 1, maxLength: 1 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(late, async (changes) => {
        const times = Array.from({ length: 500 }, (_, i) => 2 * HOUR - i * SECOND);
        const collection = new MovingCollection({ heedsTo: false }, times, changes);
        const { seen } = await observe(collection, collection.walk({ parallel: collection.parallel() }));
        for (const version of collection.standing(NOW + 1)) expect(seen).toContain(version);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a walk', () => {
  const pagesOf = async (collection: MovingCollection, options = {}) => {
    const pages = [];
    for await (const page of collection.walk(options)) pages.push(page);
    return pages;
  };

  it('requests the first page repeatedly, each time from the last row', async () => {
    const collection = new MovingCollection(
      { pageSize: 3 },
      [5, 4, 3, 2, 1].map((hours) => hours * HOUR),
    );
    await pagesOf(collection);
    expect(
      collection.platform.requests.map(({ searchParams: p }) => [p.get('page'), p.get('updated_at[from]')]),
    ).toEqual([
      ['1', iso(0)],
      ['1', iso(NOW - 3 * HOUR)],
    ]);
  });

  it('walks the pages of a timestamp that fills more than one, forwards and back', async () => {
    const collection = new MovingCollection({ pageSize: 2 }, new Array(5).fill(HOUR));
    const pages = await pagesOf(collection, { from: NOW - HOUR });
    expect(collection.platform.requests.map((url) => url.searchParams.get('page'))).toEqual(['1', '2', '3', '2', '1']);
    expect(pages.map(({ place }) => place).at(0)).toBe('/calls from 2026-03-02T11:00:00.000Z page 1');
  });

  it('ends with the range, inclusive, even if the platform does not', async () => {
    for (const heedsTo of [true, false]) {
      const collection = new MovingCollection(
        { pageSize: 2, heedsTo },
        [5, 4, 3, 2, 1].map((hours) => hours * HOUR),
      );
      const pages = await pagesOf(collection, { from: NOW - 5 * HOUR, until: NOW - 3 * HOUR });
      const seen = new Set(pages.flatMap(({ rows }) => rows.map(({ value }) => versionOf(value))));
      expect([...seen]).toEqual(expect.arrayContaining(['0v1', '1v1', '2v1']));
      expect(collection.platform.requests.length).toBeLessThanOrEqual(3);
    }
  });

  it('of an empty collection is one request', async () => {
    const collection = new MovingCollection({}, []);
    expect(await pagesOf(collection)).toEqual([
      { rows: [], place: expect.any(String), answeredAt: 0, watermark: null, unreadable: [] },
    ]);
    expect(collection.platform.requests).toHaveLength(1);
  });

  it('continues past rows without a cursor', async () => {
    const collection = new MovingCollection({ pageSize: 2, heedsSort: false }, [3 * HOUR, 2 * HOUR, HOUR]);
    const dated = collection.fetch;
    const undated = [100, 101].map((id) => ({ id, version: 1, updated_at: null }));
    const fetch: typeof dated = async (request) => {
      if (request.from > 0) return dated(request);
      const rows = [...undated, ...collection.rows].slice((request.page - 1) * 2, request.page * 2);
      return { rows: rows.map(writeJson), total: 5, hasNext: null, perPage: null, answeredAt: 0 };
    };
    const seen = new Set(
      (await pagesOf(collection, { fetch })).flatMap(({ rows }) => rows.map(({ value }) => versionOf(value))),
    );
    expect(seen).toEqual(new Set(['100v1', '101v1', '0v1', '1v1', '2v1']));
  });

  it('reads a settled past with several requests in flight, never more than the maximum', async () => {
    const times = Array.from({ length: 1000 }, (_, i) => 2 * HOUR - i * SECOND);
    const collection = new MovingCollection({}, times);
    const flight = { now: 0, most: 0 };
    const fetch: typeof collection.fetch = async (request) => {
      flight.most = Math.max(flight.most, ++flight.now);
      await new Promise(setImmediate);
      flight.now -= 1;
      return collection.fetch(request);
    };
    const pages = await pagesOf(collection, { fetch, parallel: collection.parallel(3) });
    expect(flight.most).toBe(3);
    expect(new Set(pages.flatMap(({ rows }) => rows.map(({ value }) => versionOf(value)))).size).toBe(1000);
    expect(collection.platform.requests.length).toBeLessThan(20);
  });

  it('follows one group of parallel pages with the next, one request for each page but the ends', async () => {
    const times = Array.from({ length: 2000 }, (_, i) => 2 * HOUR - i * SECOND);
    const collection = new MovingCollection({}, times);
    const pages = await pagesOf(collection, { parallel: collection.parallel(3, 4) });
    expect(new Set(pages.flatMap(({ rows }) => rows.map(({ value }) => versionOf(value)))).size).toBe(2000);
    const numbers = collection.platform.requests.map(({ searchParams }) => searchParams.get('page'));
    // the first page, the proof that ends are honoured, then bursts of four pages, the last row of each in the next one;
    // the last page of each and the first page of the next are asked for early
    expect(numbers.join('').slice(0, 14)).toBe('11142134213421');
    expect(numbers).toHaveLength(24);
  });
});

describe('a platform that does not keep to its contract', () => {
  const run = async (collection: MovingCollection, options = {}) => {
    const taken: string[] = [];
    let failure: unknown;
    try {
      for await (const { rows } of collection.walk(options)) taken.push(...rows.map(({ value }) => versionOf(value)));
    } catch (error) {
      failure = error;
    }
    return { taken, failure };
  };

  it('by answering out of order is refused, and no row of that page is returned', async () => {
    const collection = new MovingCollection({ heedsSort: false, pageSize: 3 }, [
      5 * HOUR,
      4 * HOUR,
      3 * HOUR,
      1 * HOUR,
      2 * HOUR,
    ]);
    const { taken, failure } = await run(collection);
    expect(failure).toBeInstanceOf(ContractError);
    expect(String(failure)).toMatch(
      /\/calls from \S+ page 1 is not in order: row 3 \(2026-03-02T10:00:00\.000Z\) follows 2026-03-02T11:00:00\.000Z; nothing of it was taken/,
    );
    expect(taken).toEqual(['0v1', '1v1', '2v1']);
  });

  it.each([
    ['full pages', 100, 250],
    ['pages smaller than asked for', 50, 120],
  ])('by ignoring "page" is refused in the middle of a timestamp, with %s', async (_what, pageSize, count) => {
    for (const [total, link] of [
      [true, false],
      [false, true],
    ] as const) {
      const collection = new MovingCollection({ heedsPage: false, pageSize, total, link }, new Array(count).fill(HOUR));
      const { failure } = await run(collection);
      expect(failure).toBeInstanceOf(ContractError);
      expect(String(failure)).toContain('repeats the page before it: the platform ignores "page"');
    }
  });

  it('by having no pages is supported if everything fits into one answer', async () => {
    const collection = new MovingCollection({ heedsPage: false, total: false, link: false }, new Array(40).fill(HOUR));
    const { taken, failure } = await run(collection);
    expect(failure).toBeUndefined();
    expect(new Set(taken).size).toBe(40);
  });
});
