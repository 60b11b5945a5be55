import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Freshness } from '../../lambdas/ledger/freshness.ts';
import type { IngestRequest } from '../../lambdas/runs/ingest-request.ts';
import type { RunEnd } from '../../lambdas/runs/run-summary.ts';
import { World } from '../runs/run-world.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** How a run of calls ended, failed or not. */
async function endOf(world: World, changes: Partial<IngestRequest> = {}): Promise<RunEnd> {
  const ends: RunEnd[] = [];
  await world.ingest('call', { ...changes, onEnd: (end) => void ends.push(end) }).catch(() => undefined);
  const [end, ...others] = ends;
  if (end === undefined || others.length > 0) throw new Error(`the run ended ${ends.length} times`);
  return end;
}

const offline = () => Promise.reject(new Error('offline'));
const failing = (world: World) => ({ effects: world.time.effects({ fetch: offline }), timeLeft: () => 60_000 });

describe('the lag of an endpoint', () => {
  it('is zero if everything is read, however old the last call is', async () => {
    const world = await World.create(stores);
    world.calls(1);
    for (let hour = 0; hour < 3; hour++, world.time.time += HOUR)
      expect(await endOf(world)).toMatchObject({ outcome: 'done', lagSeconds: 0 });
  });

  it('is the time since it was caught up, while runs fail', async () => {
    const world = await World.create(stores);
    world.calls(1);
    await endOf(world);
    world.time.time += 2 * HOUR;
    const end = await endOf(world, failing(world));
    expect(end).toMatchObject({ outcome: 'failed', reason: 'transient', records: 0 });
    expect(end.lagSeconds).toBeGreaterThanOrEqual(7200);
    world.time.time += HOUR;
    expect((await endOf(world, failing(world))).lagSeconds).toBeGreaterThanOrEqual(10_800);
    expect(await endOf(world)).toMatchObject({ outcome: 'done', lagSeconds: 0 });
  });

  it('is unknown until something has been read', async () => {
    const world = await World.create(stores);
    expect(await endOf(world, failing(world))).toMatchObject({ lagSeconds: null, cursorAgeSeconds: null });
  });

  it('is not reported by a run that found the lease held', async () => {
    const world = await World.create(stores);
    const ends: RunEnd[] = [];
    await world.ingest('call', { timeLeft: () => 900_000, onEnd: (end) => void ends.push(end) });
    await Promise.all([1, 2].map(() => world.ingest('call', { onEnd: (end) => void ends.push(end) })));
    expect(ends.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });
});

describe('the first catch-up', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');
  const ago = (milliseconds: number) => new Date(now - milliseconds).toISOString();

  it('has no lag while it advances, although its cursor is months old', () => {
    const freshness = new Freshness({});
    expect(freshness.lagSeconds(now)).toBeNull();
    freshness.committed(now - 5_000, ago(90 * 24 * HOUR));
    expect(freshness.lagSeconds(now)).toBe(5);
    expect(freshness.cursorAgeSeconds(now)).toBe(90 * 86_400);
    expect(freshness.lagSeconds(now + HOUR)).toBe(3605);
  });

  it('once done, leaves only real lag, which an advancing cursor reduces', () => {
    const freshness = new Freshness({});
    freshness.caughtUp(now - 10 * HOUR, ago(11 * HOUR));
    expect(freshness.lagSeconds(now)).toBe(36_000);
    freshness.committed(now, ago(4 * HOUR));
    expect(freshness.lagSeconds(now)).toBe(14_400);
  });

  it('never has a negative lag, even if clocks differ', () => {
    const freshness = new Freshness({});
    freshness.caughtUp(now + MINUTE, ago(-2 * MINUTE));
    expect([freshness.lagSeconds(now), freshness.cursorAgeSeconds(now)]).toEqual([0, 0]);
  });
});
