import { describe, expect, it } from 'vitest';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { createRateLimit, type RateLimitKind } from '../../simulator/rate-limit.ts';
import { Random } from '../chaos/chaos-random.ts';
import { Scheduler } from '../chaos/scheduler.ts';
import { Trace } from '../chaos/trace.ts';
import { memoryStores } from '../support/memory-stores.ts';

const RETRY_AFTER = 1_000;
const LATENCY = 150;
const CONNECTING = 80;
const SEEDS = [1, 2, 3, 4, 5];

interface LimitOptions {
  readonly seed: number;
  /** Requests per second that the run is allowed. @default 10 */
  readonly rate?: number;
  /** What the platform allows. @default - the same */
  readonly limit?: number;
  readonly rateLimit?: RateLimitKind;
  /** Most milliseconds by which requests differ on their way. @default 8 */
  readonly jitter?: number;
  /** How often the run wakes up late, by up to a fifth of a second. @default 0 */
  readonly stalls?: number;
  /** @default 300 */
  readonly requests?: number;
}

/** Reads pages in parallel, as a run does that is far behind, from a platform that counts its requests. */
async function readAll({ seed, rate = 10, jitter = 8, stalls = 0, requests = 300, ...options }: LimitOptions) {
  const { limit = rate, rateLimit = 'sliding-window' } = options;
  const scheduler = new Scheduler(seed, Date.parse('2026-03-02T12:00:00.000Z'), new Trace());
  const random = new Random(seed);
  const start = scheduler.now;
  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) =>
      scheduler.after(milliseconds, () => {
        resolve();
        scheduler.resumed();
      }),
    );
  const { dynamodb } = memoryStores().aws;
  const send = async (command: Parameters<typeof dynamodb.send>[0]) => {
    await sleep(random.int(2, 8));
    try {
      return await dynamodb.send(command);
    } finally {
      await sleep(random.int(2, 8));
    }
  };
  const wakeLate = () => (random.chance(stalls) ? random.int(0, 200) : random.int(0, 2));
  const effects = {
    now: () => scheduler.now,
    sleep: (milliseconds: number) => sleep(milliseconds + wakeLate()),
    breathe: async () => undefined,
  };
  // a test double: the budget only ever calls send
  const client = { send } as unknown as AwsClients['dynamodb'];
  const budget = new DynamoRateBudget(client, 'state', 'acme', rate, effects);
  const platform = createRateLimit(rateLimit, limit, start);
  const sent: number[] = [];
  /** When the answers 429 arrived. */
  const refused: number[] = [];
  /** Connections that no request uses. */
  let idle = 0;
  let left = requests;
  const read = async () => {
    while (left > 0) {
      left -= 1;
      for (let isRead = false; !isRead; ) {
        await budget.acquire(1e9);
        sent.push(scheduler.now);
        const isConnected = idle > 0;
        if (isConnected) idle -= 1;
        await sleep((isConnected ? 0 : CONNECTING) + random.next() * jitter);
        isRead = platform.admit(scheduler.now);
        await sleep(LATENCY);
        idle += 1;
        if (isRead) continue;
        refused.push(scheduler.now);
        await budget.pause(RETRY_AFTER);
        await effects.sleep(RETRY_AFTER);
      }
    }
  };
  const readers = 1 + Math.ceil(0.6 * rate);
  let ended = 0;
  for (let i = 0; i < readers; i++)
    void read().then(() => {
      ended += 1;
    });
  scheduler.after(0, () => scheduler.resumed());
  await scheduler.run(() => ended === readers);
  const seconds = (scheduler.now - start) / 1000;
  return { share: requests / seconds / limit, sent, refused };
}

describe('a run with the full rate of the platform', () => {
  it.each(SEEDS)(
    'uses nearly all of it and gets no 429 from a platform that counts every second (seed %i)',
    async (seed) => {
      const { share, refused } = await readAll({ seed });
      expect(refused).toHaveLength(0);
      expect(share).toBeGreaterThan(0.97);
    },
  );

  it.each([1, 8, 50])('gets no 429 at %i requests per second', async (rate) => {
    const { share, refused } = await readAll({ seed: 1, rate, requests: 30 * rate });
    expect(refused).toHaveLength(0);
    expect(share).toBeGreaterThan(0.95);
  });

  it.each(SEEDS)('gets at most one 429 if it wakes up late in one case of five (seed %i)', async (seed) => {
    const { share, refused } = await readAll({ seed, stalls: 0.2 });
    // late requests meet, and those that open connections meanwhile arrive later still
    expect(refused.length).toBeLessThanOrEqual(1);
    expect(share).toBeGreaterThan(0.85);
  });
});

describe('a run with a higher rate than the platform allows', () => {
  it.each(SEEDS)('sends nothing from a 429 until its pause ends (seed %i)', async (seed) => {
    const { sent, refused } = await readAll({ seed, limit: 7 });
    expect(refused.length).toBeGreaterThan(3);
    // others answer requests that were sent before the pause
    const first = refused.filter((at, i) => at - (refused[i - 1] ?? 0) > RETRY_AFTER);
    for (const at of first) expect(sent.filter((time) => time > at && time < at + RETRY_AFTER)).toEqual([]);
  });

  it.each([
    ['sliding-window', 9, 0.8, 0.03],
    ['sliding-window', 5, 0.7, 0.1],
    ['token-bucket', 9, 0.9, 0.01],
    ['token-bucket', 5, 0.9, 0.1],
  ] as const)('uses most of a %s of %i requests per second', async (rateLimit, limit, used, most) => {
    const { share, sent, refused } = await readAll({ seed: 1, limit, rateLimit });
    expect(share).toBeGreaterThan(used);
    expect(refused.length / sent.length).toBeLessThan(most);
  });
});
