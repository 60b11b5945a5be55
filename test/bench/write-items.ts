import type { Figure } from './bench-figure.ts';
import { BenchProcess } from './child-process.ts';

/** What writing a metrics item costs the function: in a request that puts it alone, and in a request of 25 inserts. */
export async function itemFigures(): Promise<Figure[]> {
  const stores = new BenchProcess('stores-process', null);
  const writing = new BenchProcess('write-items-process', null, await stores.next<Readonly<Record<string, string>>>());
  const { put, inserted } = await writing.next<{ put: number; inserted: number }>();
  await Promise.all([writing.stop(), stores.stop()]);
  return [
    { name: 'CPU of an item put', value: Math.round(put), unit: 'µs' },
    { name: 'CPU of an item inserted', value: Math.round(inserted), unit: 'µs' },
    { name: 'CPU of an item, inserted / put', value: inserted / put, unit: 'ratio' },
  ];
}
