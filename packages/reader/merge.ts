import type { Entry } from './read-items.ts';

/** Merges sorted sources into one sequence ordered by `created_at`, then by key. */
export async function* mergeByTime(sources: readonly AsyncIterable<Entry>[]): AsyncGenerator<Entry> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const next = async (iterator: AsyncIterator<Entry>) => {
    const { done, value } = await iterator.next();
    return done ? [] : [{ iterator, entry: value }];
  };
  const heads = (await Promise.all(iterators.map(next))).flat();
  for (let head = takeFirst(heads); head !== undefined; head = takeFirst(heads)) {
    yield head.entry;
    heads.push(...(await next(head.iterator)));
  }
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.created_at === b.created_at ? a.call_key < b.call_key : a.created_at < b.created_at;

function takeFirst<Head extends { readonly entry: Entry }>(heads: Head[]): Head | undefined {
  const [first, ...others] = heads;
  if (first === undefined) return undefined;
  const earliest = others.reduce((best, head) => (isBefore(head.entry, best.entry) ? head : best), first);
  heads.splice(heads.indexOf(earliest), 1);
  return earliest;
}
