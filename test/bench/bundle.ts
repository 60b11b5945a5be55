import { join } from 'node:path';
import { type Figure, median } from './figure.ts';
import { BenchProcess } from './process.ts';
import { buildBundle } from './setting.ts';

const ROUNDS = 15;

/** How long the deployed bundle takes to load on a cold start, compared with a function that does nothing. */
export async function bundleFigures(): Promise<Figure[]> {
  const deployed = buildBundle();
  const bare = buildBundle(join(import.meta.dirname, 'bare-clients.ts'));
  const pairs: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) pairs.push([await load(deployed), await load(bare)]);
  return [
    {
      name: 'load time of the deployed bundle / bare S3 and DynamoDB clients',
      value: median(pairs.map(([ours, theirs]) => ours / theirs)),
      unit: 'ratio',
      aim: { atMost: 1.2 },
    },
    { name: 'load time of the deployed bundle', value: Math.round(median(pairs.map(([ours]) => ours))), unit: 'ms' },
  ];
}

async function load(bundle: string): Promise<number> {
  const child = new BenchProcess('load', bundle, { POWERTOOLS_LOG_LEVEL: 'SILENT', AWS_REGION: 'us-east-1' });
  const milliseconds = await child.next<number>();
  await child.stop();
  return milliseconds;
}
