import { type SimulatorServer, serve, simulate } from '../../../local/simulator/index.ts';
import { type Ingestion, startIngestion } from './ingestion.ts';

const DAY = 86_400_000;
const DAYS = 30;
/** So many days are read at once, the others one after the other as they pass. */
const HISTORY = 24;
/** From this day on the platform's records have another shape. */
const DRIFT_DAY = 26;

/** A tenant of the month. */
export const TENANT = 'acme';

/** First day of the month; all of it lies in the past, because partitions end with today. */
export const FIRST_DAY = '2026-03-02';

type Row = Record<string, unknown>;

/**
 * A month of a small contact centre, ingested: 24 days of history at once, then a run a day, so that calls come in
 * several versions and change after their end. Some records are broken, and the shape of calls and agents
 * changes on the way.
 */
export async function ingestMonth(): Promise<Ingestion> {
  const simulation = simulate({ seed: 7, seats: 4, days: DAYS, start: `${FIRST_DAY}T00:00:00.000Z` });
  const clock = { now: simulation.startMs + HISTORY * DAY };
  const server: SimulatorServer = await serve(simulation, {
    now: () => clock.now,
    requestsPerSecond: null,
    username: 'simulator',
    password: 'simulator',
  });
  try {
    const driftFrom = new Date(simulation.startMs + DRIFT_DAY * DAY).toISOString();
    const ingestion = await startIngestion({
      tenant: TENANT,
      baseUrl: server.url,
      historyStart: new Date(simulation.startMs).toISOString(),
      fetch: async (input, init) =>
        altered(await fetch(input, init), (path, row) => change(path, row, clock.now, driftFrom)),
    });
    await ingestion.run();
    for (let time = clock.now + DAY; time <= simulation.endMs; time += DAY) {
      clock.now = time;
      await ingestion.run();
    }
    return ingestion;
  } finally {
    await server.close();
  }
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

function change(path: string, row: Row, now: number, driftFrom: string): Row {
  const id = Number(row.id);
  const isNew = String(row.created_at ?? row.started_at ?? '') >= driftFrom;
  switch (path) {
    case 'calls':
      // broken: the pipeline cannot know when it happened
      if (id % 89 === 0) return { ...row, created_at: 'yesterday' };
      return isNew ? driftedCall(row, id) : row;
    case 'agent_activity_logs':
      return id % 997 === 0 ? { ...row, id: `row ${id}` } : row;
    case 'agents':
      return new Date(now).toISOString() >= driftFrom ? { ...row, shoe_size: 40 + (id % 8), roles: 'agent' } : row;
    default:
      return row;
  }
}

/** Keys, types and words that were not there before. */
function driftedCall(row: Row, id: number): Row {
  const { lang: _gone, ...rest } = row;
  return {
    ...rest,
    sentiment: { score: id / 7, words: ['ok', null] },
    rating: id % 3 === 0 ? { stars: 5 } : row.rating,
    hold_duration: String(row.hold_duration ?? ''),
    status: id % 5 === 0 ? 'parked' : row.status,
    participants: id % 11 === 0 && Array.isArray(row.participants) ? row.participants[0] : row.participants,
  };
}
