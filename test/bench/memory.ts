import type { Figure } from './bench-figure.ts';
import { Setting } from './setting.ts';

/** Peak memory of the deployed function, and whether it grows with the number of records. */
export async function memoryFigures(): Promise<Figure[]> {
  const few = await peak(100_000);
  const many = await peak(1_000_000);
  return [
    { name: 'peak memory at 1,000,000 chats', value: many, unit: 'MB', aim: { atMost: 256 } },
    { name: 'peak memory at 1,000,000 chats / at 100,000', value: many / few, unit: 'ratio', aim: { atMost: 1.1 } },
  ];
}

async function peak(records: number): Promise<number> {
  await using setting = await Setting.start({
    endpoint: 'chat',
    records,
    requestsPerSecond: null,
    latencyMs: 0,
    rate: 200,
  });
  const { summary, peakMegabytes } = await setting.invoke();
  if (summary.records !== records) throw new Error(`${summary.records} records of ${records} were taken`);
  return peakMegabytes;
}
