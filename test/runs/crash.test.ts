import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStores } from '../support/memory-stores.ts';
import { rowsOfLakes, type ViewRow } from '../support/rows-of-lakes.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import {
  createWorld,
  expectConsistent,
  FAILURES,
  FAMILIES,
  type Failure,
  FEW,
  failing,
  LEASE,
  outcomeOf,
  runAll,
} from './crash-world.ts';
import type { World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe('an undisturbed run', () => {
  it('commits several batches of calls on several days, and every object it wrote', async () => {
    const each = await createWorld(stores);
    await runAll(each, FEW);
    const { objects, inLedger } = await expectConsistent(each, FEW);
    expect(inLedger.size).toBe(objects);
    expect((await each.ledger('call')).length).toBeGreaterThan(1);
    const { raw, quarantined, metrics } = await outcomeOf(each);
    expect([raw.size, quarantined.size, metrics.size]).toEqual([3 + 6 + 2, 1, 3]);
  });
});

interface Attempt {
  readonly failure: Failure;
  readonly open: () => Pick<Stores, 'aws' | 'fresh'>;
  readonly endpoints: readonly string[];
  /** @default 1 */
  readonly everyNth?: number;
}

/** Fails at each of these commands, each time in new stores, and compares the result with that of an undisturbed run. */
async function expectSameAfter({ failure, open, endpoints, everyNth = 1 }: Attempt) {
  const undisturbed = await createWorld(open());
  const counted = failing(undisturbed.aws, Number.POSITIVE_INFINITY, failure);
  await runAll(undisturbed, endpoints, counted.clients);
  const expected = await outcomeOf(undisturbed);
  const lakes = new Map([['undisturbed', await objectsIn(undisturbed)]]);
  expect(counted.commands()).toBeGreaterThan(4 * endpoints.length);
  for (let k = 1; k <= counted.commands(); k += everyNth) {
    const each = await createWorld(open());
    const crashing = runAll(each, endpoints, failing(each.aws, k, failure).clients);
    if (failure.next === 'repetition') await crashing.catch(expectLostLease);
    else await expect(crashing).rejects.toThrow(`at command ${k}`);
    each.time.time += LEASE;
    await runAll(each, endpoints);
    const at = `command ${k} of ${counted.commands()}`;
    expect({ at, ...(await outcomeOf(each)) }).toEqual({ at, ...expected });
    await expectConsistent(each, endpoints);
    lakes.set(at, await objectsIn(each));
  }
  const rows = await rowsOfLakes(
    lakes,
    endpoints.map((name) => `${name}_history`),
  );
  for (const endpoint of endpoints) {
    const versionsIn = (lake: string) => rows[`${endpoint}_history`]?.get(`${lake}.acme`)?.map(versionText).sort();
    expect(versionsIn('undisturbed')).not.toHaveLength(0);
    for (const at of lakes.keys())
      expect([endpoint, at, versionsIn(at)]).toEqual([endpoint, at, versionsIn('undisturbed')]);
  }
}

const objectsIn = async (each: World) =>
  new Map((await each.objects('raw/')).map(({ key, lines }) => [key, gzipSync(`${lines.join('\n')}\n`)]));

/** A version without when and with which batch it was read. */
const versionText = ({ tenant: _tenant, extracted_at: _at, batch: _batch, ...version }: ViewRow) =>
  JSON.stringify(version);

const expectLostLease = (error: unknown) => expect(String(error)).toContain('lost its lease');

describe('running again after a crash gives what an undisturbed run gives, in raw, metrics and histories', () => {
  describe.each(FAMILIES)('of %s', (...endpoints) => {
    it.each(FAILURES)('where $how, at every command', (failure) =>
      expectSameAfter({ failure, open: memoryStores, endpoints }),
    );
  });

  it('on the embedded stores as well', async () => {
    for (const failure of FAILURES.slice(0, 2))
      await expectSameAfter({ failure, open: () => stores, endpoints: FEW, everyNth: 9 });
  });
});
