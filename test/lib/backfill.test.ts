import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { INVALID_TIMESTAMP } from '../../catalog/timestamp.ts';
import { CredentialError, RateLimitedError } from '../../lambdas/common/errors.ts';
import { BACKFILLED, sliceTimeRange } from '../../lambdas/runs/backfill-slices.ts';
import { call, NOW, World } from '../runs/run-world.ts';
import { BackfillExecution } from '../support/backfill-execution.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { concrete, isAllowed } from './policy.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, readDefinition, resource, resources, synthesise } from './template.ts';

const deployment = synthesise({
  tenants: [ACME, { ...ACME, name: 'beta', endpoints: { chat: { enabled: false } } }],
});
const { template } = deployment;
const [, machine] = resource(template, 'AWS::StepFunctions::StateMachine', { StateMachineName: 'ccaip-backfill' });
/** The definition with references written out. */
const definition: Json = JSON.parse(concrete(template, readDefinition(deployment, 'ccaip-backfill')));

const HOUR = 3_600_000;
const ago = (hours: number) => new Date(Date.parse(NOW) - hours * HOUR).toISOString();
const ORDER = { tenant: 'acme', endpoint: 'call', from: ago(72), to: ago(24), sliceHours: 12 };

/** A world with calls of three days, those of the last taken by live runs. */
async function setup({ pageSize = 100 } = {}) {
  const world = await World.create(memoryStores(), { pageSize });
  world.tenant = { ...world.tenant, historyStart: ago(24) };
  const rows = world.platform.rows('/calls');
  rows.push(...Array.from({ length: 20 }, (_, i) => call(i + 1, (70 - 2 * i) * 60)));
  rows.push(...Array.from({ length: 4 }, (_, i) => call(100 + i, 12 * 60 - 10 * i)));
  await world.ingest('call');
  return { world, execution: new BackfillExecution(definition, world) };
}

/** A record near midnight leaves a line without it in the day beside its own. */
const idsIn = async (world: World) =>
  (await world.objects('raw/call/')).flatMap(({ records }) =>
    records.filter(({ _none }) => _none !== true).map(({ id }) => Number(id)),
  );
const withoutTimes = (items: Row[]) => items.map(({ ingested_at: _, source_batch: _batch, ...item }) => item);
const stateOf = async (world: World) => {
  const { cursor, lastRun } = (await world.status('call')) ?? {};
  return { cursor, lastRun };
};

describe('the state machine of backfills', () => {
  it('reads the same slices as a local run and does not move the cursor of live runs', async () => {
    const { world, execution } = await setup();
    const before = await stateOf(world);
    const slices = sliceTimeRange(ORDER, 12);
    expect(await execution.run(ORDER)).toEqual(slices.map(({ to }) => ({ to, reached: to })));
    expect(execution.ranges).toEqual(slices);
    expect(execution.most).toBe(2);
    expect((await idsIn(world)).sort((a, b) => a - b)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => i + 1),
      ...[100, 101, 102, 103],
    ]);
    expect(await world.metrics()).toHaveLength(24);
    expect(await stateOf(world)).toEqual(before);
  });

  it('runs as many functions in parallel as the order says', async () => {
    const { execution } = await setup();
    await execution.run({ ...ORDER, concurrency: 1 });
    expect(execution.most).toBe(1);
  });

  it('invokes a function again from where its time was up until the slice is done', async () => {
    const { world, execution } = await setup({ pageSize: 2 });
    execution.short = 1;
    await execution.run({ ...ORDER, concurrency: 1 });
    const slices = sliceTimeRange(ORDER, 12);
    const runs = slices.map(({ to }) => execution.ranges.filter((range) => range.to === to).map((range) => range.from));
    expect(runs.map(([first]) => first)).toEqual(slices.map(({ from }) => from));
    for (const [first, second] of runs) expect(second > first).toBe(true);
    expect(runs.map((own) => own.length)).toEqual([2, 2, 2, 2]);
    expect(new Set(await idsIn(world)).size).toBe(24);
  });

  it('adds no duplicates when executed twice', async () => {
    const { world, execution } = await setup();
    await execution.run(ORDER);
    const metrics = withoutTimes(await world.metrics());
    world.time.time += HOUR;
    await new BackfillExecution(definition, world).run(ORDER);
    expect(withoutTimes(await world.metrics())).toEqual(metrics);
  });

  it.each([
    ['the rate is used up', () => new RateLimitedError('the request rate is used up'), [30, 60]],
    ['Lambda has no capacity', () => Object.assign(new Error(), { name: 'Lambda.TooManyRequestsException' }), [5, 10]],
    ['a function was killed', () => Object.assign(new Error(), { name: 'Lambda.Unknown' }), [30, 60]],
  ])('tries again, later and later, when %s', async (_, error, waited) => {
    const { world, execution } = await setup();
    let left = 2;
    execution.mishap = ({ range }) => (range.from === ORDER.from && left-- > 0 ? error() : undefined);
    await execution.run(ORDER);
    expect(execution.waited).toEqual(waited);
    expect(new Set(await idsIn(world)).size).toBe(24);
  });

  it('spreads its retries and waits at most a quarter of an hour', () => {
    const { Retry } = definition.States.Slices.ItemProcessor.States.Read;
    for (const { MaxAttempts, JitterStrategy, MaxDelaySeconds } of Retry) {
      if (MaxAttempts === 0) continue;
      expect(JitterStrategy).toBe('FULL');
      if (MaxAttempts > 2) expect(MaxDelaySeconds).toBeLessThanOrEqual(900);
    }
  });

  it('ends at once if an operator has to act, and continues each slice when redriven', async () => {
    const { world, execution } = await setup({ pageSize: 2 });
    execution.short = 1;
    const third = sliceTimeRange(ORDER, 12)[2];
    execution.mishap = ({ range }) =>
      range.to === third?.to && range.from !== third?.from ? new CredentialError('401') : undefined;
    await expect(execution.run({ ...ORDER, concurrency: 1 })).rejects.toThrow('401');
    expect(execution.waited).toEqual([]);
    const [stopped] = execution.ranges.slice(-1);
    const before = execution.calls.length;
    execution.mishap = () => undefined;
    const end = await execution.run({ ...ORDER, concurrency: 1 });
    expect(end).toHaveLength(4);
    const again = execution.calls.slice(before).map(({ payload }) => payload.range);
    expect(again[0]).toEqual(stopped);
    expect(again.filter(({ to }: Json) => to < (third?.to ?? ''))).toEqual([]);
    expect(new Set(await idsIn(world)).size).toBe(24);
  });

  it('fails with advice if the order is impossible', async () => {
    const { world } = await setup();
    const outcome = async (change: Json) => {
      const execution = new BackfillExecution(definition, world);
      await expect(execution.run({ ...ORDER, ...change })).rejects.toThrow();
      expect(execution.calls).toHaveLength(1);
      return execution.history.at(-1)?.taskFailedEventDetails;
    };
    expect(await outcome({ tenant: 'gamma' })).toEqual({
      error: 'ConfigurationError',
      cause: 'there is no tenant "gamma": give one of acme, beta',
    });
    for (const [change, cause] of [
      [{ tenant: 'beta', endpoint: 'chat' }, 'chat is switched off for tenant beta'],
      [{ endpoint: 'agent' }, 'agent is a snapshot'],
      [{ endpoint: 'calls' }, 'there is no endpoint "calls"'],
      [{ to: ORDER.from }, 'ends before it starts'],
      [{ from: '2026-02-30T00:00:00Z' }, `from (${INVALID_TIMESTAMP})`],
      [{ to: '2026-03-01T00:00:00' }, `to (${INVALID_TIMESTAMP})`],
      [{ sliceHours: 0.01 }, 'take slices of'],
    ] as const)
      expect((await outcome(change)).cause).toContain(cause);
  });

  it('has room for a thousand slices in its history, states and definition', async () => {
    const world = await World.create(memoryStores());
    const execution = new BackfillExecution(definition, world);
    const order = { ...ORDER, from: ago(1000), to: ago(0), sliceHours: 1 };
    const end = await execution.run(order);
    expect(end).toHaveLength(1000);
    const eventsPerSlice = execution.history.length / 1000;
    expect(eventsPerSlice).toBeLessThan(11.1);
    expect(1000 * (eventsPerSlice + 2 * 7)).toBeLessThan(25_100);
    const passed = execution.history.flatMap(({ stateExitedEventDetails: exited }) => exited?.output.length ?? 0);
    expect(Math.max(...passed)).toBeLessThan(256 * 1024);
    const tenants = Array.from({ length: 50 }, (_, n) => ({ ...ACME, name: `tenant-${n}` }));
    const many = readDefinition(synthesise({ tenants }), 'ccaip-backfill');
    expect(many.length).toBeLessThan(256 * 1024);
  });
});

describe('the roles', () => {
  const may = (action: string, target: string) =>
    isAllowed(template, 'ccaip-backfill', { action, resource: target }, 'state machine');
  const functionArn = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:ccaip-${name}`;

  it('let the state machine make every call that it makes', async () => {
    const { execution } = await setup();
    await execution.run(ORDER);
    const functions = new Set(execution.calls.map((each) => each.function));
    expect(functions.size).toBe(2);
    for (const each of functions) expect(await may('lambda:InvokeFunction', each)).toBe(true);
  });

  it('let it invoke only the functions that take ranges', async () => {
    for (const { name } of ENDPOINTS)
      expect([name, await may('lambda:InvokeFunction', functionArn(name))]).toEqual([name, BACKFILLED.includes(name)]);
    for (const name of ['replay', 'curation'])
      expect(await may('lambda:InvokeFunction', functionArn(name))).toBe(false);
  });

  it('give neither it nor the planning function access to data or secrets', async () => {
    for (const kind of ['state machine', 'function'] as const)
      for (const [action, target] of [
        ['s3:GetObject', 'arn:aws:s3:::lake/raw/call/x'],
        ['dynamodb:GetItem', 'arn:aws:dynamodb:eu-central-1:123456789012:table/State'],
        ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ccaip/acme-AbCdEf'],
        ['states:StartExecution', 'arn:aws:states:eu-central-1:123456789012:stateMachine:ccaip-backfill'],
      ] as const)
        expect(await isAllowed(template, 'ccaip-backfill', { action, resource: target }, kind)).toBe(false);
    const log = 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/ccaip-backfill:log-stream:x';
    expect(await isAllowed(template, 'ccaip-backfill', { action: 'logs:PutLogEvents', resource: log })).toBe(true);
  });
});

describe('a deployment', () => {
  it('logs and traces the executions, without the data of their states', () => {
    expect(machine.TracingConfiguration).toEqual({ Enabled: true });
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    const groups = [...resources(template, 'AWS::Logs::LogGroup').values()].map(({ LogGroupName }) => LogGroupName);
    expect(groups).toContain('/aws/vendedlogs/states/ccaip-backfill');
  });

  it('starts no execution automatically', () => {
    const schedules = [...resources(template, 'AWS::Scheduler::Schedule').values()];
    expect(schedules.filter(({ Target }) => JSON.stringify(Target).includes('ackfill'))).toEqual([]);
  });
});
