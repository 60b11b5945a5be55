import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setHeapGrowth } from '../../lambdas/handlers/heap-growth.ts';

// Entry of a process: allocates objects and buffers as batches do, and prints how often V8 collected all objects.
setHeapGrowth(process.argv[2]);

let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().filter((entry) => kindOf(entry) === constants.NODE_PERFORMANCE_GC_MAJOR).length;
});
observer.observe({ entryTypes: ['gc'] });

const batches: object[][] = [];
for (let batch = 0; batch < 40; batch++) {
  batches.push(Array.from({ length: 100_000 }, (_, i) => ({ i, text: `${i}` })));
  if (batches.length > 3) batches.shift();
  for (let i = 0; i < 15; i++) Buffer.alloc(1_000_000);
  await nextTurn();
}
await nextTurn();
console.log(collections);

function kindOf(entry: object): unknown {
  const { detail } = entry as { detail?: { kind?: number } };
  return detail?.kind;
}
