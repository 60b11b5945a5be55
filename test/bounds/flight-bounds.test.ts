import { expect, it } from 'vitest';
import { isObject } from '../../lambdas/common/json.ts';
import { NarrowingBudget } from '../../lambdas/sources/narrow-page.ts';
import { MAX_CHARACTERS_IN_FLIGHT, type WalkRequest, walk } from '../../lambdas/sources/tail/walk.ts';

const PAGE = 100;

/** Walks 4,000 records, a second apart, whose texts have a length. @returns the most characters that were requested at once */
async function measure(length: number): Promise<{ read: number; inFlight: number; requests: number }> {
  // the text is the same for all, so that the test needs little memory
  const json = `"${'x'.repeat(length)}"`;
  const rows = Array.from({ length: 4_000 }, (_, index) => ({ value: { at: index * 1000 }, json: `${index}${json}` }));
  let open = 0;
  let most = 0;
  const fetch = async ({ from, until = Number.POSITIVE_INFINITY, page }: WalkRequest) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    const matching = rows.filter(({ value: { at } }) => at >= from && at <= until);
    const taken = matching.slice((page - 1) * PAGE, page * PAGE);
    return { rows: taken, total: matching.length, hasNext: null, perPage: PAGE, answeredAt: 1e9 };
  };
  const seen = new Set<number>();
  const cursorOf = ({ value }: { value: unknown }) => (isObject(value) ? Number(value.at) : null);
  const parallel = { ahead: 8, longest: 16, settledUntil: () => 1e9 };
  for await (const page of walk({
    path: '/calls',
    from: 0,
    fetch,
    cursorOf,
    narrowing: new NarrowingBudget(),
    parallel,
  }))
    for (const row of page.rows) seen.add(cursorOf(row) ?? -1);
  return { read: seen.size, inFlight: most * PAGE * length, requests: most };
}

it.each([
  ['a hundredth of', MAX_CHARACTERS_IN_FLIGHT / 100 / PAGE, 8],
  ['0.9 of', (0.9 * MAX_CHARACTERS_IN_FLIGHT) / 8 / PAGE, 8],
  ['half as much again as', (1.5 * MAX_CHARACTERS_IN_FLIGHT) / 8 / PAGE, 5],
  ['six times', (6.25 * MAX_CHARACTERS_IN_FLIGHT) / 8 / PAGE, 1],
])(
  'pages that are requested at once have at most the characters that memory has room for: eight pages with %s them',
  async (_what, length, requests) => {
    const measured = await measure(Math.floor(length));
    expect(measured.read).toBe(4_000);
    expect(measured.requests).toBe(requests);
    if (requests > 1) expect(measured.inFlight).toBeLessThanOrEqual(MAX_CHARACTERS_IN_FLIGHT);
  },
);
