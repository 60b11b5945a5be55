import { cpus } from 'node:os';
import { bundleFigures } from './bundle.ts';
import { catchUpFigures } from './catch-up.ts';
import { cpuFigures } from './cpu.ts';
import { type Figure, isMet, rowOf } from './figure.ts';
import { idleFigures } from './idle.ts';
import { memoryFigures } from './memory.ts';
import { segmentFigures } from './segments.ts';
import { simulatorFigures } from './simulator.ts';
import { writeFigures } from './writes.ts';

// npm run bench [-- --only <name>] [--json]: figures of this machine, to be compared within one run
const BENCHES: Readonly<Record<string, () => Figure[] | Promise<Figure[]>>> = {
  segments: segmentFigures,
  simulator: simulatorFigures,
  bundle: bundleFigures,
  idle: idleFigures,
  writes: writeFigures,
  cpu: cpuFigures,
  'catch-up': catchUpFigures,
  memory: memoryFigures,
};

const only = process.argv.flatMap((word, index) => (word === '--only' ? [process.argv[index + 1] ?? ''] : []));
const unknown = only.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`there is no bench "${unknown.join(', ')}": choose from ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}

const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (only.length > 0 && !only.includes(name)) continue;
  console.error(`${name} ...`);
  figures.push(...(await bench()));
}

if (process.argv.includes('--json')) {
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
