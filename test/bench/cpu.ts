import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './bench-figure.ts';
import { BenchProcess } from './child-process.ts';
import { Setting } from './setting.ts';

const RATE = 50;

interface CpuOptions {
  /** Records from the start of the function on. The more there are, the less its start weighs. @default 20,000 */
  readonly records?: number;
  /** The figure is the median of as many. @default 3 */
  readonly rounds?: number;
}

/**
 * CPU of the function from the first request to the last commit, as a ratio to a script that only fetches and writes.
 * @param most the aim
 */
export async function cpuFigures(
  endpoint: 'call' | 'chat' | 'agent_status_history',
  most: number,
  { records = 20_000, rounds = 3 }: CpuOptions = {},
): Promise<Figure[]> {
  const measured: { run: number; script: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    await using setting = await Setting.start({
      endpoint,
      records,
      requestsPerSecond: null,
      latencyMs: 0,
      rate: RATE,
    });
    const script = await runScript(setting, records);
    const { summary, cpuSeconds } = await setting.invoke();
    if (summary.records !== records) throw new Error(`${summary.records} records of ${records} were taken`);
    measured.push({ run: cpuSeconds, script });
  }
  const micros = (seconds: number) => Math.round((seconds / records) * 1e6);
  return [
    {
      name: `CPU per ${endpoint} record of ${records}, function / script`,
      value: median(measured.map(({ run, script }) => run / script)),
      unit: 'ratio',
      aim: { atMost: most },
    },
    {
      name: `CPU per ${endpoint} record of ${records}, script`,
      value: micros(median(measured.map(({ script }) => script))),
      unit: 'µs',
    },
  ];
}

async function runScript({ platformUrl: url, source: { path, cursor } }: Setting, expected: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ccaip-bench-'));
  const script = new BenchProcess('script', { url, path, cursor, folder });
  const { records, cpuSeconds } = await script.next<{ records: number; cpuSeconds: number }>();
  await script.stop();
  await rm(folder, { recursive: true });
  if (records !== expected) throw new Error(`the script read ${records} records of ${expected}`);
  return cpuSeconds;
}
