import { describe, expect, it } from 'vitest';
import { ConfigurationError, RefusedRequestError, UnreadableError } from '../../lambdas/common/errors.ts';
import { writeJson } from '../../lambdas/common/json.ts';
import type { Page } from '../../lambdas/platform/page.ts';
import { MAX_NARROWING_REQUESTS, NarrowingBudget, narrowPage } from '../../lambdas/sources/narrow-page.ts';

/** A record, or the place of a deleted one. */
type Place = { readonly id: number } | null;

const FAILURE = new UnreadableError('the page failed');

/** A collection whose pages fail if they have one of the poisoned records. */
class FailingCollection {
  readonly places: Place[];
  readonly poisoned: readonly number[];
  /** Runs before each request. */
  beforeRequest: (requests: number) => void = () => undefined;
  requests = 0;
  /** Thrown for a page behind the end. @default - such a page is empty */
  refusal: Error | undefined;

  constructor(count: number, poisoned: readonly number[]) {
    this.places = Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
    this.poisoned = poisoned;
  }

  readonly fetch = async (page: number, per: number): Promise<Page> => {
    this.requests += 1;
    this.beforeRequest(this.requests);
    if (this.refusal !== undefined && (page - 1) * per >= this.places.length) throw this.refusal;
    const rows = this.places.slice((page - 1) * per, page * per).filter((place) => place !== null);
    if (rows.some(({ id }) => this.poisoned.includes(id))) throw new UnreadableError('500');
    const hasNext = page * per < this.places.length;
    return { rows: rows.map(writeJson), total: null, hasNext, perPage: per, answeredAt: this.requests };
  };

  async narrow(page = 1, size = 100) {
    const { rows, gaps, hasNext, answeredAt } = await narrowPage({
      page,
      size,
      failure: FAILURE,
      fetch: this.fetch,
      budget: new NarrowingBudget(),
      orderOf: ({ value }) => Object(value).id,
    });
    return { ids: rows.map(({ value }) => Object(value).id), gaps, hasNext, answeredAt };
  }
}

const upTo = (last: number, ...without: number[]) =>
  Array.from({ length: last }, (_, index) => index + 1).filter((id) => !without.includes(id));

describe('a page that fails because of a record', () => {
  it.each([1, 10, 11, 50, 100])('gives all others if it is the record %i', async (id) => {
    const { ids, gaps, hasNext } = await new FailingCollection(130, [id]).narrow();
    expect(ids).toEqual(upTo(100, id));
    expect(gaps).toMatchObject([{ before: id - 1, position: id, reason: '500' }]);
    expect(hasNext).toBe(true);
  });

  it('gives all others if it is the last page', async () => {
    const { ids, gaps, hasNext } = await new FailingCollection(143, [120, 143]).narrow(2);
    expect(ids).toEqual(upTo(142, 120).filter((id) => id > 100));
    expect(gaps.map(({ position, before }) => [position, before])).toEqual([
      [120, 19],
      [143, 41],
    ]);
    expect(hasNext).toBe(false);
  });

  it('is as old as the part that was read first, and the record was there until the last', async () => {
    const collection = new FailingCollection(100, [3]);
    const { answeredAt, gaps } = await collection.narrow();
    expect(answeredAt).toBe(1);
    expect(gaps).toMatchObject([{ metUntil: collection.requests }]);
  });

  it('loses no record if others leave before it while the parts are read', async () => {
    const collection = new FailingCollection(100, [55]);
    const left: number[] = [];
    collection.beforeRequest = (requests) => {
      const first = requests % 4 === 0 ? collection.places.shift() : null;
      if (first) left.push(first.id);
    };
    const { ids } = await collection.narrow();
    expect(left.length).toBeGreaterThan(3);
    expect(ids.filter((id) => !left.includes(id))).toEqual(upTo(100, 55, ...left));
  });

  it('has each record once and in order if many leave at once', async () => {
    const collection = new FailingCollection(220, [35]);
    collection.beforeRequest = (requests) => {
      if (requests === 2 || requests === 6) collection.places.splice(0, 15);
    };
    const { ids } = await collection.narrow();
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    const last = ids.at(-1);
    // what is behind the last one is read from there on
    expect(ids.filter((id) => id > 30)).toEqual(upTo(last, 35).filter((id) => id > 30));
  });

  it('is read past the places of deleted records', async () => {
    const collection = new FailingCollection(60, [12]);
    collection.places.splice(20, 0, ...Array.from({ length: 25 }, () => null));
    const { ids, hasNext } = await collection.narrow();
    expect(ids).toEqual(upTo(60, 12));
    expect(hasNext).toBe(false);
  });

  it('says that more follows if it ends with the places of deleted records', async () => {
    const collection = new FailingCollection(60, [12]);
    collection.places.splice(40, 0, ...Array.from({ length: 90 }, () => null));
    const { ids, hasNext } = await collection.narrow();
    expect(ids).toEqual(upTo(40, 12));
    expect(hasNext).toBe(true);
  });

  it.each([
    new RefusedRequestError('400: there is no such page'),
    new ConfigurationError('404: there is no such page', 404),
  ])('is read from a platform that refuses what is behind the end: %s', async (refusal) => {
    const collection = new FailingCollection(23, [22]);
    collection.refusal = refusal;
    const { ids, gaps } = await collection.narrow();
    expect(ids).toEqual(upTo(23, 22));
    expect(gaps).toMatchObject([{ before: 21, position: 22 }]);
  });

  it('fails if the platform refuses a part after it has given one', async () => {
    const collection = new FailingCollection(100, [5]);
    collection.beforeRequest = (requests) => {
      if (requests === 3) throw new RefusedRequestError('400');
    };
    await expect(collection.narrow()).rejects.toBeInstanceOf(RefusedRequestError);
  });

  it('fails if no record can be read', async () => {
    const collection = new FailingCollection(100, upTo(100));
    await expect(collection.narrow()).rejects.toBe(FAILURE);
    expect(collection.requests).toBeLessThan(MAX_NARROWING_REQUESTS);
  });
});
