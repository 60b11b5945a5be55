import { beforeEach, describe, expect, it } from 'vitest';
import { CurationStore } from '../../lambdas/curation/curation-store.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import { WatchedDeployment } from './watched-deployment.ts';

let deployment: WatchedDeployment;
beforeEach(async () => {
  deployment = await WatchedDeployment.create();
});

/** Merges everything that the ledger of a tenant has, as curation does. */
async function curate(tenant: string): Promise<void> {
  const { aws, environment } = deployment.world;
  const store = new CurationStore(aws.dynamodb, environment.STATE_TABLE);
  if ((await store.table('curated_call')) === undefined) await store.created('curated_call', 'shape', 'first');
  const place = { tenant, ledger: 'call', table: 'curated_call', generation: 'first' };
  const from = await store.position(place);
  let seq = from.seq;
  for await (const entry of new Ledger(aws.dynamodb, environment.STATE_TABLE, tenant).entriesAfter('call', seq))
    seq = entry.seq;
  await store.advance(place, { ledger: 'call', from, to: { seq, day: '' } });
}

const curateAll = () => Promise.all(['acme', 'beta'].map(curate));

it('a deployment in which everything runs has no alarm', async () => {
  for (let hour = 0; hour < 30; hour++) {
    await deployment.pass(1);
    await curateAll();
    expect([hour, deployment.alarms()]).toEqual([hour, []]);
  }
});

describe('an alarm tells', () => {
  it.each([
    ['call', 45 + 15],
    ['agent', 180 + 15],
    ['menu', 1440 + 360 + 15],
  ] as const)('that the schedule of %s of one tenant is gone, within %i minutes', async (name, minutes) => {
    await deployment.pass(2);
    const stopped = [`beta ${name}`];
    const curating = { stopped, calls: 0 };
    expect(await deployment.minutesUntil('ccaip.beta.behind', curating, 40)).toBeLessThanOrEqual(minutes);
    expect(deployment.report?.tenants).toMatchObject({ acme: { behind: [] }, beta: { behind: [name] } });
    expect(deployment.alarms()).not.toContain('ccaip.acme.behind');
  });

  it('that an endpoint of a new tenant has never run', async () => {
    const stopped = ['beta call', 'beta agent', 'beta menu'];
    expect(await deployment.minutesUntil('ccaip.beta.behind', { stopped }, 3)).toBeLessThanOrEqual(75);
    expect(deployment.report?.tenants.beta?.behind).toEqual(['call']);
  });

  it('that every run fails, and ends when the platform is back', async () => {
    await deployment.pass(2);
    expect(await deployment.minutesUntil('ccaip.acme.behind', { isDown: true }, 3)).toBeLessThanOrEqual(75);
    await deployment.pass(1);
    expect(deployment.alarms()).not.toContain('ccaip.acme.behind');
  });

  it('that nothing runs at all, not even the watch', async () => {
    await deployment.pass(2);
    const minutes = await deployment.minutesUntil('ccaip-watch-stopped', { stopped: 'all', isUnwatched: true }, 3);
    expect(minutes).toBeLessThanOrEqual(75);
    await deployment.pass(0.5);
    expect(deployment.alarms()).not.toContain('ccaip-watch-stopped');
  });

  it('that a platform answers with empty pages, although it sent records a week ago', async () => {
    await deployment.pass(7 * 24, { step: 60 });
    await curateAll();
    await deployment.pass(0.75);
    expect(deployment.alarms()).toEqual([]);
    const minutes = await deployment.minutesUntil('ccaip.acme.no-new-records', { calls: 0 }, 9);
    expect(minutes).toBeLessThanOrEqual(7.25 * 60);
    expect(deployment.report?.tenants.acme).toEqual({ behind: [], silent: ['call'] });
    await deployment.pass(2);
    expect(deployment.alarms()).not.toContain('ccaip.acme.no-new-records');
  });

  it('nothing about hours that were quiet a week ago too', async () => {
    for (let day = 0; day < 9; day++) {
      await deployment.pass(12, { calls: 2, step: 60 });
      await deployment.pass(12, { calls: 0, step: 60 });
      expect([day, deployment.alarms().filter((name) => name.endsWith('no-new-records'))]).toEqual([day, []]);
    }
  });

  it('that curation has never started, or stops', async () => {
    expect(await deployment.minutesUntil('ccaip-curation-behind', {}, 5)).toBeLessThanOrEqual(200);
    expect(deployment.report?.curation).toEqual(['curated_call of acme', 'curated_call of beta']);
    await curateAll();
    await deployment.pass(0.75);
    expect(deployment.alarms()).not.toContain('ccaip-curation-behind');
    for (let hour = 0; hour < 4; hour++) {
      await deployment.pass(1);
      await curate('beta');
    }
    expect(deployment.report?.curation).toEqual(['curated_call of acme']);
    expect(deployment.alarms()).toContain('ccaip-curation-behind');
  });

  it('that a daily endpoint has quarantined records on three days', async () => {
    const menus = deployment.world.platform.rows('/menus');
    menus.push(...Array.from({ length: 9 }, (_, n) => ({ id: n + 20, name: 'x' })), { name: 'without an id' });
    const quarantined = () => deployment.alarms().filter((name) => name.includes('quarantine'));
    for (let day = 0; day < 2; day++) {
      await deployment.pass(24);
      menus.push({ id: 100 + day, name: `new on day ${day}` });
      expect([day, quarantined()]).toEqual([day, []]);
    }
    await deployment.pass(1);
    expect(quarantined()).toEqual(['ccaip.acme.quarantine-growing', 'ccaip.beta.quarantine-growing']);
  });

  it('that many records were quarantined at once, and nothing about a single one', async () => {
    const menus = deployment.world.platform.rows('/menus');
    menus.push(...Array.from({ length: 200 }, (_, n) => ({ id: n + 20, name: 'x' })), { name: 'without an id' });
    await deployment.pass(24);
    const quarantined = () => deployment.alarms().filter((name) => name.includes('quarantine'));
    expect(quarantined()).toEqual([]);
    menus.push(...Array.from({ length: 25 }, (_, n) => ({ name: `without an id ${n}` })));
    await deployment.pass(0.5);
    expect(quarantined()).toEqual(['ccaip.acme.quarantine-burst', 'ccaip.beta.quarantine-burst']);
    await deployment.pass(1);
    expect(quarantined()).toEqual([]);
  });
});

describe('dead letters', () => {
  const event = (tenant: string, more = {}) => JSON.stringify({ endpoint: 'call', tenant: { name: tenant }, ...more });
  const send = (queue: string, body: string) =>
    deployment.queues.send(queue, body, {}, deployment.world.time.time - 1_000);

  it('of a live run are deleted without an alarm as soon as a later run has caught up', async () => {
    await deployment.pass(1);
    send('ccaip-call-failed', event('acme'));
    send('ccaip-call-undelivered', event('acme'));
    await deployment.pass(0.5);
    expect(deployment.queues.bodies('ccaip-call-failed')).toEqual([]);
    expect(deployment.queues.bodies('ccaip-call-undelivered')).toEqual([]);
    expect(deployment.alarms()).toEqual([]);
  });

  it('raise an alarm while the tenant does not recover, which ends automatically and tells of the next one', async () => {
    await deployment.pass(1);
    const stopped = ['acme call'];
    for (let arrival = 0; arrival < 2; arrival++) {
      send('ccaip-call-failed', event('acme'));
      expect(await deployment.minutesUntil('ccaip-dead-letters', { stopped }, 1)).toBeLessThanOrEqual(15);
      await deployment.pass(1.25, { stopped });
      expect(deployment.alarms()).not.toContain('ccaip-dead-letters');
    }
    expect(deployment.queues.visible('ccaip-call-failed')).toBe(2);
    await deployment.pass(0.25);
    await deployment.pass(0.25);
    expect(deployment.queues.bodies('ccaip-call-failed')).toEqual([]);
  });

  it('that nothing makes obsolete raise another alarm after a day, and stay', async () => {
    await deployment.pass(1);
    const kept = [event('acme', { range: { from: 'a', to: 'b' } }), 'not an event', event('gone')];
    for (const body of kept) send('ccaip-call-failed', body);
    send('ccaip-replay-failed', event('acme'));
    const minutes = await deployment.minutesUntil('ccaip-dead-letters-old', {}, 26);
    expect(minutes).toBeGreaterThanOrEqual(24 * 60);
    expect(deployment.queues.bodies('ccaip-call-failed')).toEqual(kept);
    expect(deployment.queues.visible('ccaip-replay-failed')).toBe(1);
    expect(deployment.alarms()).not.toContain('ccaip-dead-letters');
    await deployment.pass(0.5);
    expect(deployment.alarms()).toContain('ccaip-dead-letters-old');
  });
});
