import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { toEntryKey, toStatePartition } from '../../lambdas/aws/state-keys.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { World } from '../runs/run-world.ts';
import { AuditServices, createAuditEvent, driveAudit } from '../support/audit-services.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { auditWorld } from './audited-world.ts';
import { dropObject, HOUR, ingestDay, iso, MINUTE, NAMES, openIn, progressOf, readCoverage } from './ingested-day.ts';

/** Endpoints that read from the records of calls. */
const INSIDE_CALLS = ENDPOINTS.flatMap(({ name, source }) =>
  source.kind === 'nested' && source.parents.some(({ endpoint }) => endpoint === 'call') ? [name] : [],
);
const ORDER = { days: 1, endpoints: NAMES };

describe('the audit of a deployment', () => {
  it('finds nothing missing, with one query for each endpoint, and says so in the lake', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const end = await driveAudit(services, createAuditEvent(world, ORDER, 'one'));
    expect(end).toMatchObject({ next: 'end', summary: { endpoints: 4, proven: 4, missing: 0, healed: 0 } });
    expect(services.statements).toHaveLength(4);
    expect(services.reads).toEqual([]);
    const lines = await readCoverage(world);
    expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(['complete']));
    expect(new Set(lines.map(({ endpoint }) => endpoint))).toEqual(new Set(NAMES));
    expect(lines.find(({ part }) => part === 'segments')).toMatchObject({ endpoint: 'call' });
    expect(await progressOf(world)).toMatchObject({ requests: expect.any(Number), bytes: 4_000 });
  });

  it('compares what the audit of a folder compares', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await dropObject(world, 'segments/', 0);
    await dropObject(world, 'raw/call_participant/', 0);
    const local = (await auditWorld(world, NAMES, { days: 1 })).map(
      ({ endpoint, part, platformCount, lakeCount, missing }) => ({
        ...{ endpoint, part, platform_count: platformCount, lake_count: lakeCount, missing_ids: missing },
      }),
    );
    await using services = await AuditServices.open(world);
    await driveAudit(services, createAuditEvent(world, { ...ORDER, heal: false }, 'one'));
    const deployed = (await readCoverage(world)).map(({ endpoint, part, platform_count, lake_count, missing_ids }) => ({
      ...{ endpoint, part, platform_count, lake_count, missing_ids },
    }));
    const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(deployed)).toEqual(sorted(local));
    expect(deployed.filter(({ missing_ids: ids }) => Array.isArray(ids) && ids.length > 0)).toHaveLength(3);
  });

  it('reads again what is missing with the events of backfills and schedules, then finds it', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await dropObject(world, 'raw/agent/', 2);
    await using services = await AuditServices.open(world);
    const end = await driveAudit(services, createAuditEvent(world, ORDER, 'one'));
    expect(end).toMatchObject({ next: 'end', summary: { endpoints: 4, proven: 4, missing: 0, healed: 11 } });
    expect(services.reads.map(({ endpoint }) => endpoint)).toEqual(['agent', 'call', ...INSIDE_CALLS]);
    const [agent, call] = services.reads;
    expect(agent).toMatchObject({ again: true, tenant: { name: 'acme' } });
    expect(Object.keys(call.range)).toEqual(['from', 'to']);
    expect(await openIn(world)).toBe(0);
    // those that lacked nothing are not compared again
    expect(services.statements).toHaveLength(4 + 3);
    const healed = (await readCoverage(world)).filter(({ state }) => state === 'healed');
    expect(healed.map(({ endpoint, healed: count }) => [endpoint, count])).toEqual([
      ['agent', 1],
      ['call', 10],
    ]);
  });

  it('counts what stays missing until an audit of that window finds it', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await using services = await AuditServices.open(world);
    const order = { days: 1, endpoints: ['call'] };
    const found = await driveAudit(services, createAuditEvent(world, { ...order, heal: false }, 'one'));
    expect(found).toMatchObject({ next: 'end', summary: { missing: 10, healed: 0 } });
    expect(await openIn(world)).toBe(10);
    await driveAudit(services, createAuditEvent(world, { days: 1, endpoints: ['agent'] }, 'two'));
    expect(await openIn(world)).toBe(10);
    await driveAudit(services, createAuditEvent(world, order, 'three'));
    expect(await openIn(world)).toBe(0);
  });

  it('does not repeat the endpoints that are done when it is redriven, repeated or asked twice', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, { ...ORDER, scheduledTime: iso(world.time.time) }, 'one');
    services.mishap = ({ statement }) =>
      services.statements.length === 3 && statement ? new Error('stopped') : undefined;
    await expect(driveAudit(services, event)).rejects.toThrow('stopped');
    services.mishap = () => undefined;
    const requests = (await progressOf(world))?.requests;
    const first = [...services.statements];
    expect(requests).toBeGreaterThan(0);
    // the first question of the redriven execution has no result, so it gets the same query again
    expect(await driveAudit(services, event)).toMatchObject({ next: 'end', summary: { proven: 4 } });
    expect(services.statements.slice(3)).toHaveLength(2);
    expect(services.statements[3]).toBe(first[2]);
    const asked = world.platform.requests.length;
    const other = { ...event, execution: 'two' };
    expect(await driveAudit(services, other)).toMatchObject({ next: 'end', summary: { proven: 4 } });
    expect(world.platform.requests).toHaveLength(asked);
    expect(services.statements).toHaveLength(5);
  });

  it('ignores the result of a step that it has taken', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, ORDER, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    const done = { query: await services.query(first.statement) };
    const { step } = first;
    const second = await services.ask({ ...event, done, step });
    expect(second).toMatchObject({ next: 'query', step: step + 1 });
    expect(await services.ask({ ...event, done, step })).toEqual(second);
    expect((await progressOf(world))?.bytes).toBe(1_000);
  });

  it('leaves a tenant to the execution that audits it, and takes over from one that has died', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const order = { ...ORDER, scheduledTime: iso(world.time.time) };
    expect(await services.ask({ ...createAuditEvent(world, order, 'one'), done: null, step: -1 })).toMatchObject({
      next: 'query',
    });
    const other = createAuditEvent(world, order, 'two');
    expect(await services.ask({ ...other, done: null, step: -1 })).toMatchObject({ next: 'wait' });
    expect(await services.ask({ ...createAuditEvent(world, ORDER, 'three'), done: null, step: -1 })).toMatchObject({
      next: 'wait',
    });
    world.time.time += HOUR;
    expect(await driveAudit(services, other)).toMatchObject({ next: 'end', summary: { endpoints: 4 } });
  });

  it('lets another execution continue at once when a step fails', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const order = { ...ORDER, scheduledTime: iso(world.time.time) };
    const first = await services.ask({ ...createAuditEvent(world, order, 'one'), done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    const done = { query: { location: 's3://another-bucket/x.csv', bytes: 1 } };
    const failed = services.ask({ ...createAuditEvent(world, order, 'one'), step: first.step, done });
    await expect(failed).rejects.toThrow('not in the bucket of the lake');
    const second = await services.ask({ ...createAuditEvent(world, order, 'two'), done: null, step: -1 });
    expect(second).toMatchObject({ next: 'query', statement: first.statement });
  });

  it('compares again only what is not proven when an audit that failed is continued', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, ORDER, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    await services.ask({ ...event, step: first.step, done: { Error: 'Athena', Cause: 'busy' } });
    expect(await driveAudit(services, event)).toMatchObject({ next: 'failed', summary: { proven: 3 } });
    services.statements.splice(0);
    const other = createAuditEvent(world, { ...ORDER, run: 'one' }, 'two');
    expect(await driveAudit(services, other)).toMatchObject({ next: 'end', summary: { endpoints: 4, proven: 4 } });
    expect(services.statements).toEqual([first.statement]);
  });

  it('divides a long comparison among invocations, without asking for a day twice', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const order = { days: 20, endpoints: ['call'], heal: false };
    const whole = await AuditServices.open(world);
    await driveAudit(whole, createAuditEvent(world, order, 'one'));
    const counted = (await progressOf(world))?.requests;
    services.timeLeft.push(900_000, 200_000, 200_000, 200_000);
    const end = await driveAudit(services, createAuditEvent(world, order, 'two'));
    expect(end).toMatchObject({ next: 'end', summary: { proven: 1 } });
    const answers = services.answers.map(({ next }) => next);
    expect(answers).toEqual(['query', 'again', 'again', 'again', 'end']);
    expect((await progressOf(world))?.requests).toBe(counted);
    await whole[Symbol.asyncDispose]();
  });

  it('sends at most as many requests as it may, healing included, and says which days are not proven', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/call/');
    await using services = await AuditServices.open(world);
    const end = await driveAudit(services, createAuditEvent(world, { ...ORDER, days: 3, requests: 3 }, 'one'));
    expect(end).toMatchObject({ next: 'end', summary: { requests: 3 } });
    const progress = await progressOf(world);
    expect(progress?.endpoints.agent_status_history).toMatchObject({
      isProven: false,
      reason: 'the budget of 3 requests is spent, except for 1 reserved for other endpoints',
    });
    expect(services.reads).toEqual([]);
  });

  it('reads days from the curated tables that hold them completely and undamaged, and others from the raw tables', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    await services.curate();
    const order = { days: 1, endpoints: ['call', 'call_participant'] };
    const audit = async (execution: string) => {
      services.statements.splice(0);
      return driveAudit(services, createAuditEvent(world, order, execution, true));
    };
    const daysOf = (table: string) => {
      const parts = services.statements.flatMap((sql) => sql.split('UNION ALL'));
      return parts.filter((sql) => sql.includes(table)).map((sql) => /dt IN \(([^)]*)\)/.exec(sql)?.[1]);
    };
    expect(await audit('one')).toMatchObject({ next: 'end', summary: { proven: 2, missing: 0 } });
    expect(daysOf('curated_call_segments')).toEqual(["'2026-03-01', '2026-03-02'"]);
    expect(daysOf('curated_call_participant')).toEqual(["'2026-03-01', '2026-03-02'"]);
    // the newest batches are not merged yet
    world.time.time += HOUR;
    for (const minutes of [30, 1]) {
      const [late] = world.calls(1);
      Object.assign(late ?? {}, { updated_at: iso(world.time.time - minutes * MINUTE) });
    }
    for (const name of ['call', 'call_participant']) await world.ingest(name);
    expect(await audit('two')).toMatchObject({ next: 'end', summary: { proven: 2, missing: 0 } });
    expect(daysOf('curated_call_segments')).toEqual(["'2026-03-01'"]);
    // what is gone from the lake is still in the curated tables
    await services.curate();
    await dropObject(world, 'raw/call/');
    expect(await audit('three')).toMatchObject({ next: 'end', summary: { proven: 2, healed: 10 } });
    expect(services.reads.map(({ endpoint }) => endpoint)).toEqual(['call', ...INSIDE_CALLS]);
  });

  it('finds batches without a ledger entry, as of the time when the lake was asked', async () => {
    const world = await ingestDay();
    const { STATE_TABLE } = world.environment;
    const Key = { pk: toStatePartition('acme', 'call'), sk: toEntryKey(2) };
    await world.aws.dynamodb.send(new DeleteCommand({ TableName: STATE_TABLE, Key }));
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, { ...ORDER, endpoints: ['call'], heal: false }, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    const query = await services.query(first.statement);
    // ingestion does not stop while Athena answers
    world.time.time += HOUR;
    for (const row of world.calls(5)) row.updated_at = iso(world.time.time - 30 * MINUTE);
    await world.ingest('call');
    const end = await services.ask({ ...event, step: first.step, done: { query } });
    expect(end).toMatchObject({ next: 'end', summary: { missing: 10 } });
  });

  it('audits the next endpoints when Athena fails, and fails in the end', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, ORDER, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    const error = { Error: 'Athena.ResourceLimit', Cause: 'too many queries' };
    await services.ask({ ...event, step: first.step, done: error });
    const end = await driveAudit(services, event);
    expect(end).toMatchObject({ next: 'failed', summary: { endpoints: 4, proven: 3 } });
    expect((await progressOf(world))?.endpoints.agent?.reason).toBe(
      'Athena did not answer: Athena.ResourceLimit: too many queries',
    );
  });

  it('asks again when the answer of a query was deleted before it was read', async () => {
    const world = await ingestDay();
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, ORDER, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    const location = `s3://${world.environment.LAKE_BUCKET}/athena-results/audit/gone.csv`;
    const second = await services.ask({ ...event, step: first.step, done: { query: { location, bytes: 1 } } });
    expect(second).toMatchObject({ next: 'query', statement: first.statement });
  });

  it('waits for a run that holds the lease, and asks its function again', async () => {
    const world = await ingestDay();
    await dropObject(world, 'raw/agent/', 2);
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, { days: 1, endpoints: ['agent'] }, 'one');
    const first = await services.ask({ ...event, done: null, step: -1 });
    if (first.next !== 'query') throw new Error('the first step is a query');
    const query = await services.query(first.statement);
    const read = await services.ask({ ...event, step: first.step, done: { query } });
    if (read.next !== 'read') throw new Error('the second step heals');
    const held = { step: read.step, done: { read: { outcome: 'lease_held', requests: 0 } } };
    expect(await services.ask({ ...event, ...held })).toMatchObject({ next: 'wait' });
    expect(await services.ask({ ...event, ...held })).toMatchObject({ next: 'read', event: read.event });
    expect(await driveAudit(services, event)).toMatchObject({ next: 'end', summary: { healed: 1 } });
  });

  it.each([
    [{ days: 1, tenants: ['gamma'] }, 'there is no tenant "gamma": give one of acme'],
    [{ days: 1, endpoints: ['calls'] }, 'there is no endpoint "calls"'],
    [{}, 'the order has no range'],
    [{ from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' }, 'ends before it starts'],
  ])('refuses the order %j', async (order, sentence) => {
    const world = await World.create(memoryStores());
    await using services = await AuditServices.open(world);
    const asked = services.ask({ ...createAuditEvent(world, order, 'one'), done: null, step: -1 });
    await expect(asked).rejects.toThrow(ConfigurationError);
    await expect(asked).rejects.toThrow(sentence);
  });

  it('skips tenants that were not ordered', async () => {
    const world = await World.create(memoryStores());
    await using services = await AuditServices.open(world);
    const event = createAuditEvent(world, { days: 1, tenants: ['beta'] }, 'one');
    expect(await services.ask({ ...event, tenants: ['acme', 'beta'], done: null, step: -1 })).toEqual({ next: 'skip' });
  });
});
