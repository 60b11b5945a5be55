import { describe, expect, it } from 'vitest';
import {
  createWorld,
  expectConsistent,
  FAILURES,
  FAMILIES,
  type Failure,
  failing,
  LEASE,
  outcomeOf,
  runAll,
} from '../runs/crash-world.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { rebuildTables } from './rebuild-world.ts';

/** What a run left that died, and then both tables are lost. */

const DEATHS: readonly Failure[] = FAILURES.filter(({ next }) => next === 'death');

describe.each(FAMILIES)('of %s, a rebuild after both tables were lost', (...endpoints) => {
  it.each(DEATHS)('and $how, at every command, gives what an undisturbed run gives', async (failure) => {
    const undisturbed = await createWorld(memoryStores());
    const counted = failing(undisturbed.aws, Number.POSITIVE_INFINITY, failure);
    await runAll(undisturbed, endpoints, counted.clients);
    const expected = await outcomeOf(undisturbed);
    for (let k = 1; k <= counted.commands() + 1; k++) {
      const stores = memoryStores();
      const each = await createWorld(stores);
      await runAll(each, endpoints, failing(each.aws, k, failure).clients).catch(() => undefined);
      stores.dropTables();
      each.time.time += LEASE;
      await rebuildTables(each);
      await runAll(each, endpoints);
      const at = `command ${k} of ${counted.commands()}`;
      expect({ at, ...(await outcomeOf(each)) }).toEqual({ at, ...expected });
      await expectConsistent(each, endpoints);
    }
  });
});
