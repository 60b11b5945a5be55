import { describe, expect, it } from 'vitest';
import { IngestError } from '../../lambdas/common/errors.ts';
import { MAX_TREE_LEVELS } from '../../lambdas/sources/snapshot/flatten-tree.ts';
import { World } from '../runs/run-world.ts';
import { memoryStores } from '../support/memory-stores.ts';

/** The text of a tree with one node per level; ids count from 1. */
function createChain(levels: number, id: (level: number) => number = (level) => level + 1): string {
  const open = Array.from({ length: levels }, (_, level) => `{"id":${id(level)},"name":"t","children":[`);
  return `[${open.join('')}${']}'.repeat(levels)}]`;
}

async function readTree(body: string) {
  const world = await World.create(memoryStores());
  world.platform.answer = () => ({ body, headers: {} });
  const summary = await world.ingest('team_tree');
  const records = (await world.objects('raw/team_tree/')).flatMap((object) => object.records);
  return { summary, records, world };
}

describe('a tree of teams', () => {
  it.each([
    ['0.9 of', Math.floor(0.9 * MAX_TREE_LEVELS)],
    ['as many as', MAX_TREE_LEVELS],
    ['one more than', MAX_TREE_LEVELS + 1],
    ['100 times', 100 * MAX_TREE_LEVELS],
  ])('with %s the levels that are taken gives these, and the rest goes to quarantine', async (_what, levels) => {
    const { summary, records, world } = await readTree(createChain(levels));
    const taken = Math.min(levels, MAX_TREE_LEVELS);
    expect(summary).toMatchObject({ outcome: 'done', records: taken, quarantined: levels - taken });
    expect(records.map(({ id }) => id)).toEqual(Array.from({ length: taken }, (_, index) => index + 1));
    const [entry] = (await world.objects('quarantine/')).flatMap((object) => object.records);
    if (levels > taken) expect(entry).toMatchObject({ reason: `deeper than level ${MAX_TREE_LEVELS} of its tree` });
    expect(await world.ingest('team_tree')).toMatchObject({ outcome: 'done', batches: 0 });
  });

  it.each([1_000, 100_000])('with %i teams below one has a row for each', async (width) => {
    const children = Array.from({ length: width }, (_, index) => `{"id":${index + 2},"children":[]}`);
    const { summary, records } = await readTree(`[{"id":1,"children":[${children.join(',')}]}]`);
    expect(summary).toMatchObject({ outcome: 'done', records: width + 1 });
    expect(records).toHaveLength(width + 1);
  });

  it('that contains itself has each team once, and that is said', async () => {
    const { summary, records } = await readTree(createChain(90, (level) => 1 + (level % 3)));
    expect(summary).toMatchObject({ outcome: 'done', records: 3, quarantined: 0 });
    expect(records.map(({ id, _path }) => [id, _path])).toEqual([
      [1, [1]],
      [2, [1, 2]],
      [3, [1, 2, 3]],
    ]);
    expect(summary.warnings.join()).toMatch(/87 nodes have an id that came before in the tree \(1, 2, 3, 1, 2\)/);
  });
});

describe('a snapshot', () => {
  it('with more text than a function holds leaves the one before it, and says why', async () => {
    const world = await World.create(memoryStores());
    const rows = world.platform.rows('/agents');
    rows.push({ id: 1, email: 'a@example.com' });
    await world.ingest('agent');
    for (let id = 2; id <= 60; id++) rows.push({ id, note: 'x'.repeat(900_000) });
    const failing = world.ingest('agent');
    await expect(failing).rejects.toBeInstanceOf(IngestError);
    await expect(failing).rejects.toThrow(/more than 50 million characters/);
    expect((await world.objects('raw/agent/')).flatMap(({ records }) => records)).toHaveLength(1);
    expect((await world.status('agent'))?.lastRun?.error).toMatch(/the one before it stays/);
  });
});
