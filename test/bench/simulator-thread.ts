import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { Worker } from 'node:worker_threads';
import type { Figure } from './bench-figure.ts';

const PAGES = 3_000;
const CONNECTIONS = 8;

/** Pages of 100 calls per second of the simulator, its limits off. */
export async function simulatorFigures(): Promise<Figure[]> {
  const thread = new Worker(new URL('./processes/simulator-process.ts', import.meta.url), { execArgv: [] });
  const [url]: string[] = await once(thread, 'message');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const read = (page: number) =>
    new Promise<void>((resolve, reject) => {
      const address = `${url}/calls?per=100&page=${1 + (page % 90)}&sort_column=updated_at&sort_direction=ASC`;
      get(address, { agent, auth: 'bench:bench' }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${address} answered ${answer.statusCode}`));
        answer.resume().on('end', resolve);
      }).on('error', reject);
    });
  let next = 0;
  const reader = async () => {
    while (next < PAGES) await read(next++);
  };
  await read(0);
  const started = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, reader));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  await thread.terminate();
  return [{ name: 'simulator, pages of 100 calls', value: Math.round(PAGES / seconds), unit: 'pages/s' }];
}
