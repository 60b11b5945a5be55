import type { Figure } from './bench-figure.ts';
import { BenchProcess } from './child-process.ts';

/** What putting a metrics item costs the function, and what it would cost through the SDK. */
export async function putFigures(): Promise<Figure[]> {
  const stores = new BenchProcess('stores-process', null);
  const putting = new BenchProcess('puts-process', null, await stores.next<Readonly<Record<string, string>>>());
  const { sdk, quick } = await putting.next<{ sdk: number; quick: number }>();
  await Promise.all([putting.stop(), stores.stop()]);
  return [
    { name: 'CPU of an item put through the SDK', value: Math.round(sdk), unit: 'µs' },
    { name: 'CPU of an item put', value: Math.round(quick), unit: 'µs' },
    { name: 'CPU of an item put, ours / SDK', value: quick / sdk, unit: 'ratio' },
  ];
}
