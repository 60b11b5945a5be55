import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Figure, isMet, rowOf } from './bench-figure.ts';
import { reportFigures } from './bench-report.ts';
import { bundleFigures } from './bundle.ts';
import { catchUpFigures } from './catch-up-figures.ts';
import { cpuFigures } from './cpu.ts';
import { curatedFigures } from './curated-figures.ts';
import { functionFigures } from './functions.ts';
import { idleFigures } from './idle.ts';
import { memoryFigures } from './memory.ts';
import { rateLimitFigures } from './rate-limit-figures.ts';
import { segmentFigures } from './segment-figures.ts';
import { simulatorFigures } from './simulator-thread.ts';
import { itemFigures } from './write-items.ts';
import { writeFigures } from './writes.ts';

// npm run bench [-- --only <beginning of a name>] [--json]: figures of this machine, to be compared within one run
const BENCHES: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  segments: segmentFigures,
  simulator: simulatorFigures,
  bundle: bundleFigures,
  idle: idleFigures,
  writes: writeFigures,
  items: itemFigures,
  'cpu-agent-status-history': () => cpuFigures('agent_status_history', 1.5),
  'cpu-chat': () => cpuFigures('chat', 1.5),
  'cpu-call': () => cpuFigures('call', 4),
  // as many as a catch-up reads
  'cpu-long-call': () => cpuFigures('call', 4, { records: 100_000, rounds: 1 }),
  'catch-up-10': () => catchUpFigures('call', 10),
  'catch-up-50': () => catchUpFigures('call', 50),
  // without metrics: what the reading alone achieves
  'catch-up-chat-50': () => catchUpFigures('chat', 50),
  'rate-sliding-window': () => rateLimitFigures('sliding-window'),
  'rate-token-bucket': () => rateLimitFigures('token-bucket'),
  memory: memoryFigures,
  functions: functionFigures,
  report: reportFigures,
  curated: curatedFigures,
};

const USAGE = `Measures figures of this machine, to be compared within one run.

npm run bench [-- --only <beginning of a name>] [--json]

Names: ${Object.keys(BENCHES).join(', ')}`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const { only } = values;
const isWanted = (name: string) => only.length === 0 || only.some((start) => name.startsWith(start));
const unknown = only.filter((start) => !Object.keys(BENCHES).some((name) => name.startsWith(start)));
if (unknown.length > 0) {
  console.error(`there is no bench "${unknown.join(', ')}": choose from ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (!isWanted(name)) continue;
  console.error(`${name} ...`);
  const measured = await bench();
  for (const figure of measured) console.error(`  ${Object.values(rowOf(figure)).join(' ')}`);
  figures.push(...measured);
}

if (values.json) {
  const judged = figures.map((figure) => ({ ...figure, ...(figure.aim && { met: isMet(figure.value, figure.aim) }) }));
  const machine = {
    node: process.version,
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    date: new Date().toISOString(),
  };
  console.log(JSON.stringify({ machine, figures: judged }, null, 2));
} else {
  console.table(figures.map(rowOf));
}
