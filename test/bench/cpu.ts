import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, median } from './bench-figure.ts';
import { BenchProcess } from './child-process.ts';
import { Setting } from './setting.ts';

const RECORDS = 20_000;
const ROUNDS = 3;
const RATE = 50;

/**
 * CPU of the function from the first request to the last commit, as a ratio to a script that only fetches and writes.
 * @param most the aim
 */
export async function cpuFigures(endpoint: 'call' | 'chat' | 'agent_status_history', most: number): Promise<Figure[]> {
  const measured: { run: number; script: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using setting = await Setting.start({
      endpoint,
      records: RECORDS,
      requestsPerSecond: null,
      latencyMs: 0,
      rate: RATE,
    });
    const script = await runScript(setting);
    const { summary, cpuSeconds } = await setting.invoke();
    if (summary.records !== RECORDS) throw new Error(`${summary.records} records of ${RECORDS} were taken`);
    measured.push({ run: cpuSeconds, script });
  }
  const micros = (seconds: number) => Math.round((seconds / RECORDS) * 1e6);
  return [
    {
      name: `CPU per ${endpoint} record, function / script`,
      value: median(measured.map(({ run, script }) => run / script)),
      unit: 'ratio',
      aim: { atMost: most },
    },
    {
      name: `CPU per ${endpoint} record, script`,
      value: micros(median(measured.map(({ script }) => script))),
      unit: 'µs',
    },
  ];
}

async function runScript({ platformUrl: url, source: { path, cursor } }: Setting): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ccaip-bench-'));
  const script = new BenchProcess('script', { url, path, cursor, folder });
  const { records, cpuSeconds } = await script.next<{ records: number; cpuSeconds: number }>();
  await script.stop();
  await rm(folder, { recursive: true });
  if (records !== RECORDS) throw new Error(`the script read ${records} records of ${RECORDS}`);
  return cpuSeconds;
}
