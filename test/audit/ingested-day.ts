import { expect } from 'vitest';
import { AuditProgressStore } from '../../lambdas/audit/execution/audit-progress.ts';
import { OpenWindows } from '../../lambdas/audit/execution/open-windows.ts';
import { World } from '../runs/run-world.ts';
import type { Habits, Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { deleteObject, type Stores } from '../support/test-stores.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Endpoints that are ingested: two tails, a snapshot and a nested one. */
export const NAMES = ['call', 'agent_status_history', 'agent', 'call_participant'];

export const iso = (time: number) => new Date(time).toISOString();

/** Half a day of a small centre, ingested in three runs, with quiet records before the last ones. */
export async function ingestDay(
  habits: Partial<Habits> = {},
  stores: Pick<Stores, 'aws' | 'fresh'> = memoryStores(),
): Promise<World> {
  const world = await World.create(stores, habits);
  const { platform, time } = world;
  platform.rows('/agents').push({ id: 1, status: { id: 0 }, created_at: '2026-01-01T00:00:00Z' });
  const statuses = platform.rows('/agent_activity_logs');
  for (let run = 0; run < 3; run++) {
    for (const row of world.calls(10)) row.updated_at = iso(time.time - (20 - (Number(row.id) % 10)) * MINUTE);
    for (let i = 0; i < 5; i++) {
      const at = time.time - (20 - i) * MINUTE;
      statuses.push({ id: statuses.length + 1, agent_id: 1, started_at: iso(at), ended_at: iso(at + MINUTE) });
    }
    Object.assign(platform.rows('/agents')[0] ?? {}, { status: { id: run } });
    for (const name of NAMES) expect(await world.ingest(name)).toMatchObject({ outcome: 'done' });
    time.time += HOUR;
  }
  const [last] = world.calls(1);
  Object.assign(last ?? {}, { updated_at: iso(time.time - 2 * MINUTE) });
  const at = time.time - 2 * MINUTE;
  statuses.push({ id: 99, agent_id: 1, started_at: iso(at), ended_at: iso(at + MINUTE) });
  for (const name of NAMES) await world.ingest(name);
  return world;
}

/** Deletes an object behind the back of the product. */
export const dropObject = async (world: World, prefix: string, which = 1) => {
  const objects = await world.objects(prefix);
  const { key = '' } = objects[which] ?? {};
  await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
};

export const progressOf = (world: World) =>
  new AuditProgressStore(world.aws.dynamodb, world.environment.STATE_TABLE, 'acme', world.time.now).read();
/** Number of missing records that the alarm counts. */
export const openIn = (world: World) =>
  new OpenWindows(world.aws.dynamodb, world.environment.STATE_TABLE).count('acme');

/** What the newest coverage lines say, by window. */
export async function readCoverage(world: World) {
  const lines = (await world.objects('coverage/')).flatMap(({ key, records }) =>
    records.map((record): Row => ({ endpoint: key.split('/')[1], ...record })),
  );
  return lines.filter((line) => 'state' in line);
}
