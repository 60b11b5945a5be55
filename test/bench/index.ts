import { segmentFigures } from './segments.ts';
import { simulatorFigures } from './simulator.ts';

// npm run bench [-- --json]: figures of this machine, to be compared within one run
const figures = [...segmentFigures(), ...(await simulatorFigures())];
if (process.argv.includes('--json')) console.log(JSON.stringify(figures, null, 2));
else
  console.table(
    Object.fromEntries(figures.map(({ name, value, unit }) => [name, { value: value.toLocaleString('en'), unit }])),
  );
