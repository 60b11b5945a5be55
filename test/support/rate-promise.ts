/** What docs/reliability.md promises of the rate budget. */
export const RATE_PROMISE =
  'No run sends more than `requestsPerSecond` requests in any second. All runs of a tenant together send at most a quarter more. ' +
  'Each run whose clock is off by more than 4 ms allows another quarter. All three limits are rounded up.';

/** Milliseconds by which a clock may be off and still count as right. */
export const MAX_CLOCK_ERROR = 4;

const SECOND = 1000;

/** A request in true time, milliseconds. */
export interface SentRequest {
  readonly at: number;
  readonly run: string;
  /** By how much the run's clock is off, milliseconds. */
  readonly clockError: number;
}

/**
 * Looks for a second, both ends included, that breaks the promise.
 * @returns what is wrong there and when it begins; undefined if the promise holds
 */
export function findRateBreach(
  requests: readonly SentRequest[],
  rate: number,
): { readonly at: number; readonly message: string } | undefined {
  const sorted = requests.toSorted((a, b) => a.at - b.at);
  let end = 0;
  for (const [first, { at }] of sorted.entries()) {
    while ((sorted[end]?.at ?? Number.POSITIVE_INFINITY) <= at + SECOND) end += 1;
    const message = describeBreach(sorted.slice(first, end), rate);
    if (message !== undefined) return { at, message };
  }
  return undefined;
}

function describeBreach(second: readonly SentRequest[], rate: number): string | undefined {
  const most = Math.ceil(rate);
  const byRun = Map.groupBy(second, ({ run }) => run);
  const offsets = (requests: readonly SentRequest[]) => requests.map(({ at }) => at - (second[0]?.at ?? 0)).join(' ');
  for (const [run, own] of byRun)
    if (own.length > most)
      return `${run} sent ${own.length} requests in a second at a rate of ${rate}: ${offsets(own)} ms`;
  const off = [...byRun.values()].filter(([one]) => Math.abs(one?.clockError ?? 0) > MAX_CLOCK_ERROR).length;
  const allowed = most + Math.ceil(rate / 4) * (1 + off);
  if (second.length <= allowed) return undefined;
  return `${byRun.size} runs, ${off} of them with a wrong clock, sent ${second.length} requests in a second at a rate of ${rate}: ${offsets(second)} ms`;
}
