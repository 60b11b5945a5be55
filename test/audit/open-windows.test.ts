import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpenWindows } from '../../lambdas/audit/execution/open-windows.ts';
import { createUnproved, type WindowResult } from '../../lambdas/audit/window-result.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

const DAY = 86_400_000;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

const open = async () => new OpenWindows(stores.aws.dynamodb, (await stores.fresh()).STATE_TABLE);

const windowOf = (endpoint: string, day: number, missing: readonly string[]): WindowResult => {
  const window = { from: day * DAY, until: (day + 1) * DAY - 1 };
  return { ...createUnproved(window, { endpoint, part: 'records' }, ''), reason: null, missing };
};

const daysOf = (endpoint: string, first: number, last: number) => ({
  endpoint,
  from: first * DAY,
  until: (last + 1) * DAY - 1,
});

describe('the windows in which records are missing', () => {
  it('stay until an audit of that window finds nothing missing', async () => {
    const windows = await open();
    await windows.update('acme', daysOf('call', 1, 3), [windowOf('call', 2, ['1', '2'])]);
    await windows.update('acme', daysOf('call', 3, 6), [windowOf('call', 4, [])]);
    await windows.update('acme', daysOf('chat', 1, 6), [windowOf('chat', 2, [])]);
    expect(await windows.count('acme')).toBe(2);
    await windows.update('acme', daysOf('call', 1, 3), [windowOf('call', 2, [])]);
    expect(await windows.count('acme')).toBe(0);
  });

  it('end when an audit of their days has no such window any more', async () => {
    const windows = await open();
    // records inside a snapshot belong to the day on which they were compared
    await windows.update('acme', daysOf('user_info', 1, 3), [windowOf('user_info', 3, ['7'])]);
    await windows.update('acme', daysOf('user_info', 2, 4), [windowOf('user_info', 4, [])]);
    expect(await windows.count('acme')).toBe(0);
  });

  it('stay if the audit could not compare a part of these days', async () => {
    const windows = await open();
    await windows.update('acme', daysOf('call', 1, 3), [windowOf('call', 2, ['1'])]);
    const reason = createUnproved(
      { from: DAY, until: 4 * DAY - 1 },
      { endpoint: 'call', part: 'records' },
      'no answer',
    );
    await windows.update('acme', daysOf('call', 1, 3), [reason]);
    expect(await windows.count('acme')).toBe(1);
  });

  it('are forgotten for endpoints that do not run any more', async () => {
    const windows = await open();
    await windows.update('acme', daysOf('call', 1, 3), [windowOf('call', 2, ['1'])]);
    await windows.update('acme', daysOf('agent', 1, 3), [windowOf('agent', 3, ['1', '2'])]);
    await windows.retain('acme', ['agent', 'chat']);
    expect(await windows.count('acme')).toBe(2);
  });
});
