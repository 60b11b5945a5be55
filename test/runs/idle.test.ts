import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOperations, operationsOf } from '../support/counted.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { call, World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe('a run that finds nothing new', () => {
  it.each([
    ['call', '/calls', (id: number) => call(id, 20 + id)],
    ['chat', '/chats', (id: number) => call(id, 20 + id)],
    [
      'agent_status_history',
      '/agent_activity_logs',
      (id: number) => ({ id, started_at: '2026-03-02T11:00:00.000Z', ended_at: '2026-03-02T11:10:00.000Z' }),
    ],
  ])(
    'of %s takes three requests and five DynamoDB operations at most, and leaves no object',
    async (endpoint, path, row) => {
      const world = await World.create(stores);
      world.platform.rows(path).push(...Array.from({ length: 30 }, (_, i) => row(i + 1)));
      expect((await world.ingest(endpoint)).records).toBe(30);
      const objects = await world.objects();
      // other functions of the tenant ran a moment ago: its rate budget is in use, which costs two more operations
      world.time.time += 1_000;
      const requests = world.platform.requests.length;
      const counts = await countOperations(world.aws);

      const { records } = await world.ingest(endpoint);

      expect(records).toBe(0);
      expect(world.platform.requests.length - requests).toBeLessThanOrEqual(3);
      expect(operationsOf(counts, (name) => /Object/.test(name))).toBe(0);
      const inDynamo = operationsOf(counts, (name) => name.endsWith(world.environment.STATE_TABLE));
      expect(inDynamo).toBe(operationsOf(counts, () => true));
      expect(inDynamo).toBeGreaterThan(0);
      expect(inDynamo).toBeLessThanOrEqual(5);
      expect(await world.objects()).toEqual(objects);
    },
  );
});
