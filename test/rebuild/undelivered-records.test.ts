import { afterEach, describe, expect, it } from 'vitest';
import { type SimulatorServer, serve } from '../../simulator/api-server.ts';
import { Quirks } from '../../simulator/quirks.ts';
import { simulate } from '../../simulator/simulation.ts';
import { World } from '../runs/run-world.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { rebuildState } from './rebuild-world.ts';

const HOUR = 3_600_000;
const centre = simulate({ seed: 5, start: '2026-03-02T00:00:00.000Z', days: 1, seats: 5, callsPerDay: 200 });
const ENDPOINTS = ['call', 'agent_status_history', 'agent'];

let server: SimulatorServer | undefined;
afterEach(() => server?.close());

describe('records that the platform cannot deliver', () => {
  it('are known after a rebuild as before, are tried again, and are in the quarantine once', async () => {
    const stores = memoryStores();
    const world = await World.create(stores);
    const quirks = new Quirks(['poison-record'], 3, {});
    const credential = { username: 'acme', password: 'a-secret-token' };
    server = await serve(centre, { now: () => world.time.time, requestsPerSecond: null, quirks, ...credential });
    world.tenant = { ...world.tenant, baseUrl: server.url };
    const run = async (endpoint: string) => {
      await world.ingest(endpoint, { effects: world.time.effects() });
      return world.status(endpoint);
    };
    world.time.time = centre.endMs + HOUR;
    for (const endpoint of ENDPOINTS) {
      await run(endpoint);
      world.time.time += HOUR;
      const before = (await run(endpoint))?.unreadable ?? [];
      expect([endpoint, before.length]).toEqual([endpoint, 1]);
      stores.dropTables();
      await rebuildState(world, endpoint);
      const [known] = (await world.status(endpoint))?.unreadable ?? [];
      const { retryAt: _retry, reason: _reason, ...same } = before[0] ?? {};
      expect(known).toMatchObject(same);
      world.time.time += HOUR;
      const after = (await run(endpoint))?.unreadable ?? [];
      expect(after.map(({ entry }) => entry)).toEqual(before.map(({ entry }) => entry));
      expect(after[0]?.tries).toBeGreaterThan(before[0]?.tries ?? 0);
      const lines = (await world.objects(`quarantine/${endpoint}/`)).flatMap(({ records }) => records);
      expect(lines.filter((line) => 'record' in line)).toHaveLength(1);
    }
  });
});
