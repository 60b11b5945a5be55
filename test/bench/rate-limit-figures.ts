import type { RateLimitKind } from '../../simulator/rate-limit.ts';
import type { Figure } from './bench-figure.ts';
import { Setting } from './setting.ts';

const RECORDS = 30_000;
const RATE = 10;
const LATENCY = 150;

/** How much of the platform's limit a function uses that is allowed all of it, and how often it is told to wait. */
export async function rateLimitFigures(rateLimit: RateLimitKind): Promise<Figure[]> {
  await using setting = await Setting.start({
    endpoint: 'chat',
    records: RECORDS,
    requestsPerSecond: RATE,
    rateLimit,
    latencyMs: LATENCY,
  });
  const { summary, seconds } = await setting.invoke();
  const { requests, rejected } = await setting.counts();
  if (summary.records !== RECORDS) throw new Error(`${summary.records} records of ${RECORDS} were taken`);
  const what = `${RECORDS.toLocaleString('en')} chats at a platform's limit of ${RATE} requests/s (${rateLimit})`;
  return [
    {
      name: `${what}: share of the limit used`,
      value: (requests - rejected) / seconds / RATE,
      unit: 'of the limit',
      aim: { atLeast: 0.95 },
    },
    { name: `${what}: answers 429`, value: rejected, unit: 'answers', aim: { atMost: 3 } },
  ];
}
