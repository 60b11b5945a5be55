import type { Figure } from './bench-figure.ts';
import { Setting } from './setting.ts';

/** What a run costs that finds nothing new. */
export async function idleFigures(): Promise<Figure[]> {
  await using setting = await Setting.start({ endpoint: 'call', records: 500, requestsPerSecond: null, latencyMs: 0 });
  await setting.invoke();
  const { summary, operations } = await setting.invoke();
  const count = (service: string) =>
    Object.entries(operations).reduce((sum, [name, n]) => (name.startsWith(service) ? sum + n : sum), 0);
  return [
    { name: 'idle run: requests', value: summary.requests, unit: 'requests', aim: { atMost: 3 } },
    { name: 'idle run: S3', value: count('S3'), unit: 'operations', aim: { atMost: 0 } },
    { name: 'idle run: DynamoDB', value: count('DynamoDB'), unit: 'operations', aim: { atMost: 5 } },
  ];
}
