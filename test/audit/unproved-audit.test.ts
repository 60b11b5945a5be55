import { describe, expect, it } from 'vitest';
import { AuditServices, createAuditEvent, driveAudit } from '../support/audit-services.ts';
import type { Platform } from '../support/fake-platform.ts';
import { dropObject, HOUR, ingestDay, iso, MINUTE, NAMES, openIn, progressOf, readCoverage } from './ingested-day.ts';

const ORDER = { days: 1, endpoints: NAMES };
const CALLS = { days: 1, endpoints: ['call'] };

/** Changes the `Total` that a platform sends. */
function changeTotal(platform: Platform, change: (total: number) => string): void {
  const answer = platform.answer.bind(platform);
  platform.answer = (url) => {
    const { body, headers } = answer(url);
    return { body, headers: { ...headers, total: change(Number(headers.total)) } };
  };
}

describe('an audit in AWS that cannot prove everything', () => {
  it('does not call records healed if the requests are spent before they are compared again', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await using services = await AuditServices.open(world);
    await driveAudit(services, createAuditEvent(world, { ...CALLS, heal: false }, 'one'));
    const requests = ((await progressOf(world))?.requests ?? 0) + 1;
    const end = await driveAudit(services, createAuditEvent(world, { ...CALLS, requests }, 'two'));
    expect(services.reads.length).toBeGreaterThan(0);
    expect(end).toMatchObject({ next: 'end', summary: { missing: 10, healed: 0, proven: 0 } });
    expect(await openIn(world)).toBe(10);
    expect((await progressOf(world))?.endpoints.call?.reason).toBe(
      `not compared again after healing: the budget of ${requests} requests is spent`,
    );
    expect(await driveAudit(services, createAuditEvent(world, CALLS, 'three'))).toMatchObject({
      summary: { missing: 0, proven: 1 },
    });
    expect(await openIn(world)).toBe(0);
  });

  it('does not call records found if Athena does not answer after healing', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await using services = await AuditServices.open(world);
    const error = { Error: 'Athena', Cause: 'busy' };
    services.refuse = () => (services.reads.length > 0 ? error : undefined);
    const end = await driveAudit(services, createAuditEvent(world, CALLS, 'one'));
    expect(end).toMatchObject({ next: 'failed', summary: { missing: 10, healed: 0, proven: 0 } });
    const newest = (await readCoverage(world)).filter(({ missing }) => missing === 10).at(-1);
    expect(newest).toMatchObject({ state: 'missing', reason: expect.stringContaining('Athena did not answer') });
  });

  it('leaves requests for every endpoint if one of them needs more than all', async () => {
    const world = await ingestDay({ total: false, pageSize: 1 });
    await using services = await AuditServices.open(world);
    const asked = world.platform.requests.length;
    const order = { ...ORDER, requests: 12 };
    expect(await driveAudit(services, createAuditEvent(world, order, 'one'))).toMatchObject({ next: 'end' });
    const paths = world.platform.requests.slice(asked).map(({ pathname }) => pathname.split('/').at(-1));
    expect(paths).toHaveLength(12);
    expect(paths.filter((path) => path === 'calls').length).toBeGreaterThanOrEqual(4);
    expect((await progressOf(world))?.endpoints.agent_status_history?.reason).toMatch(
      /^the budget of 12 requests is spent, except for \d reserved for other endpoints$/,
    );
  });

  it('proves an endpoint of which nothing can be missing', async () => {
    const world = await ingestDay();
    for (const name of ['chat', 'chat_participant']) await world.ingest(name);
    await using services = await AuditServices.open(world);
    const order = { days: 1, endpoints: ['chat', 'chat_participant'] };
    const end = await driveAudit(services, createAuditEvent(world, order, 'one'));
    expect(end).toMatchObject({ next: 'end', summary: { endpoints: 2, proven: 2 } });
  });

  it('names each day that was not read yet, so that a later audit replaces it', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    world.time.time += 72 * HOUR;
    await driveAudit(services, createAuditEvent(world, { ...CALLS, days: 3 }, 'one'));
    const unread = (await readCoverage(world)).filter(({ reason }) => String(reason).startsWith('not read yet'));
    expect(unread.map(({ window_from }) => window_from)).toEqual(
      ['03', '04', '05'].map((day) => `2026-03-${day}T00:00:00.000Z`),
    );
    const [late] = world.calls(1);
    Object.assign(late ?? {}, { updated_at: iso(world.time.time - MINUTE) });
    await world.ingest('call');
    await driveAudit(services, createAuditEvent(world, { ...CALLS, days: 3 }, 'two'));
    const places = Map.groupBy(await readCoverage(world), ({ part, window_from }) => `${part} ${window_from}`);
    const newest = [...places.values()].map(
      (lines) => lines.toSorted((a, b) => (String(a.checked_at) < String(b.checked_at) ? 1 : -1))[0],
    );
    expect(newest.filter((line) => line?.state !== 'complete')).toEqual([]);
  });

  it('leaves a range out whose question is too long, and says so', async () => {
    const world = await ingestDay();
    world.tenant = { ...world.tenant, historyStart: '2016-01-01T00:00:00.000Z' };
    await world.ingest('user_info');
    await using services = await AuditServices.open(world);
    const order = { from: '2016-01-01T00:00:00Z', endpoints: ['user_info', 'agent'] };
    const end = await driveAudit(services, createAuditEvent(world, order, 'one'));
    expect(end).toMatchObject({ next: 'end', summary: { endpoints: 2, proven: 1 } });
    expect((await progressOf(world))?.endpoints.user_info?.reason).toMatch(/audit fewer days at once$/);
  });

  it('does not ask for ever if the answers of Athena are not there', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const query = services.query.bind(services);
    services.query = async (statement) => {
      const { location, bytes } = await query(statement);
      return { location: /\braw_agent\b/.test(statement) ? `${location}.gone` : location, bytes };
    };
    const event = createAuditEvent(world, { days: 1, endpoints: ['agent', 'call'] }, 'one');
    expect(await driveAudit(services, event)).toMatchObject({ next: 'end', summary: { endpoints: 2, proven: 1 } });
    expect((await progressOf(world))?.endpoints.agent?.reason).toBe('the results of its queries are not in the bucket');
    expect(services.statements).toHaveLength(4);
  });

  it('leaves out an endpoint at which its function fails, and compares the others', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, ORDER, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    // a result in another bucket ends the function with an error
    const done = { query: { location: 's3://another-bucket/x.csv', bytes: 1 } };
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(services.ask({ ...event, done, step: first.step })).rejects.toThrow('not in the bucket of the lake');
    const end = await driveAudit(services, event);
    expect(end).toMatchObject({ next: 'failed', summary: { endpoints: 4, proven: 3 } });
    expect((await progressOf(world))?.failures).toEqual([
      'comparison of agent: the function of the audit failed 2 times. Its log says why',
    ]);
    expect(await driveAudit(services, createAuditEvent(world, ORDER, 'two'))).toMatchObject({ summary: { proven: 4 } });
  });

  it('forgets what is missing of an endpoint that was switched off', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await using services = await AuditServices.open(world);
    await driveAudit(services, createAuditEvent(world, { ...ORDER, heal: false }, 'one'));
    expect(await openIn(world)).toBe(10);
    const event = createAuditEvent(world, { days: 1 }, 'two');
    await driveAudit(services, { ...event, endpoints: event.endpoints.filter((name) => name === 'agent') });
    expect(await openIn(world)).toBe(0);
  });
});

describe('an audit in AWS', () => {
  it.each([
    ['sends no Total', () => ''],
    ['sends a Total that is too high', (total: number) => String(total + 7)],
    ['sends a Total that is too low', (total: number) => String(Math.max(0, total - 1))],
    ['sends the Total of the page', () => '1'],
  ])('finds what is missing on a platform that %s', async (_, change) => {
    const world = await ingestDay();
    changeTotal(world.platform, change);
    await using services = await AuditServices.open(world);
    expect(await driveAudit(services, createAuditEvent(world, ORDER, 'one'))).toMatchObject({
      next: 'end',
      summary: { proven: 4, missing: 0, healed: 0 },
    });
    await dropObject(world, 'raw/call/');
    expect(await driveAudit(services, createAuditEvent(world, ORDER, 'two'))).toMatchObject({
      next: 'end',
      summary: { proven: 4, missing: 0, healed: 10 },
    });
  });

  it('reads a record that the platform shows late, while Athena answers', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    let isLate = false;
    services.mishap = ({ statement }) => {
      if (statement !== undefined && !isLate) {
        const [late] = world.calls(1);
        Object.assign(late ?? {}, { updated_at: iso(world.time.time - 100 * MINUTE) });
        isLate = true;
      }
      return undefined;
    };
    expect(await driveAudit(services, createAuditEvent(world, CALLS, 'one'))).toMatchObject({
      next: 'end',
      summary: { proven: 1, missing: 0, healed: 1 },
    });
  });

  it('starts where the history of a tenant starts, in the middle of a day', async () => {
    const world = await ingestDay();
    world.tenant = { ...world.tenant, historyStart: iso(world.time.time - 2 * HOUR) };
    await using services = await AuditServices.open(world);
    expect(await driveAudit(services, createAuditEvent(world, ORDER, 'one'))).toMatchObject({
      next: 'end',
      summary: { endpoints: 4, proven: 4, missing: 0 },
    });
  });
});
