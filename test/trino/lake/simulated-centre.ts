import { listPaths } from '../../../catalog/index.ts';
import { serve } from '../../../simulator/api-server.ts';
import { simulate } from '../../../simulator/simulation.ts';
import { type Ingestion, startIngestion } from './ingestion.ts';

const DAY = 86_400_000;

/** The tenant. */
export const TENANT = 'acme';

/** First day of calls; long ago, because the tables' partitions end with today. */
export const FIRST_DAY = '2026-02-16';

export type Row = Record<string, unknown>;

interface CentreOptions {
  readonly seats: number;
  readonly days: number;
  /**
   * What the platform answers instead of a row.
   * @param path last part of the collection's path, e.g. `calls`
   * @param now the platform's time, ISO 8601
   * @default - the row
   */
  readonly changed?: (path: string, row: Row, now: string) => Row;
}

/** A simulated contact centre with real ingestion into embedded stores. */
export interface Centre extends AsyncDisposable {
  readonly ingestion: Ingestion;
  /** The platform's time, milliseconds. */
  readonly now: () => number;
  /** Advances the clock to the end of a day, 1 being the first, and ingests the records of that time. */
  until(day: number): Promise<void>;
}

export async function startCentre({ seats, days, changed = (_, row) => row }: CentreOptions): Promise<Centre> {
  const simulation = simulate({ seed: 7, seats, days, start: `${FIRST_DAY}T00:00:00.000Z` });
  const clock = { now: simulation.startMs };
  const server = await serve(simulation, {
    now: () => clock.now,
    requestsPerSecond: null,
    emptyCollections: listPaths(),
    username: 'simulator',
    password: 'simulator',
  });
  const ingestion = await startIngestion({
    tenant: TENANT,
    baseUrl: server.url,
    historyStart: new Date(simulation.startMs).toISOString(),
    fetch: async (input, init) =>
      altered(await fetch(input, init), (path, row) => changed(path, row, new Date(clock.now).toISOString())),
  });
  return {
    ingestion,
    now: () => clock.now,
    until: async (day) => {
      clock.now = simulation.startMs + day * DAY;
      await ingestion.run();
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await ingestion[Symbol.asyncDispose]();
    },
  };
}

/** The same answer with other rows. */
async function altered(response: Response, changed: (path: string, row: Row) => Row): Promise<Response> {
  const rows: unknown = await response.json();
  const path = new URL(response.url).pathname.split('/').at(-1) ?? '';
  const body = Array.isArray(rows) ? rows.map((row) => changed(path, row)) : rows;
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify(body), { status: response.status, headers });
}
