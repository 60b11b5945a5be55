import type { Figure } from './bench-figure.ts';
import { Setting } from './setting.ts';

const RECORDS = 100_000;
const LATENCY = 150;

/** How much of the allowed request rate a function uses while it is far behind. */
export async function catchUpFigures(endpoint: 'call' | 'chat', rate: number): Promise<Figure[]> {
  await using setting = await Setting.start({
    endpoint,
    records: RECORDS,
    requestsPerSecond: rate,
    latencyMs: LATENCY,
  });
  const { summary, seconds } = await setting.invoke();
  const { rejected } = await setting.counts();
  if (summary.records !== RECORDS) throw new Error(`${summary.records} records of ${RECORDS} were taken`);
  const what = `catch-up of ${RECORDS.toLocaleString('en')} ${endpoint}s at ${rate} requests/s, ${LATENCY} ms latency`;
  return [
    {
      name: `${what}: share of the rate used`,
      value: summary.requests / seconds / rate,
      unit: 'of the rate',
      aim: { atLeast: 0.98 },
    },
    { name: `${what}: answers 429`, value: rejected, unit: 'answers', aim: { atMost: 0 } },
  ];
}
