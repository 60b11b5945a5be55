import { afterAll, beforeAll } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { type Simulation, simulate, type Truth } from '../../simulator/simulation.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import { type Records, writeSimulatedLake } from '../support/simulated-lake.ts';
import { newFolder, type Row, removeFolder } from './lake-of-lines.ts';

/** The day of the simulation, and a zone in which its days are others. */
export const DAY = '2026-11-02';
export const KOLKATA = 'Asia/Kolkata';
export const START = `${DAY}T00:00:00.000Z`;

export interface SimulatedDay {
  readonly simulation: Simulation;
  readonly records: Records;
  /** What happened in each call, from the simulator's own events. */
  readonly truth: Truth;
  readonly ask: (name: string, parameters?: Readonly<Record<string, string>>) => Promise<Row[]>;
}

/** A lake with a day of a small contact centre, opened once for the tests of a file. */
export function useSimulatedDay(): () => SimulatedDay {
  let folder: string;
  let warehouse: Warehouse;
  let day: SimulatedDay;
  beforeAll(async () => {
    folder = await newFolder();
    const simulation = simulate({ seed: 3, start: START, days: 1, seats: 24 });
    const records = await writeSimulatedLake(folder, simulation, simulation.endMs);
    warehouse = await openWarehouse(folder, { threads: 2 });
    const queries = await loadNamedQueries();
    const ask: SimulatedDay['ask'] = async (name, parameters = {}) => {
      const query = queries.find((each) => each.name === name);
      if (query === undefined) throw new Error(`there is no question ${name}`);
      return (await warehouse.query(fillParameters(query, parameters, DAY))).rows;
    };
    day = { simulation, records, truth: simulation.truth(simulation.endMs), ask };
  });
  afterAll(async () => {
    await warehouse.close();
    await removeFolder(folder);
  });
  return () => day;
}
