import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../catalog/index.ts';
import { createExecutionName } from '../../../cli/deployment/backfills.ts';
import { CredentialError } from '../../../lambdas/common/errors.ts';
import { concrete } from '../../lib/policy.ts';
import { type Json, readDefinition, synthesise } from '../../lib/template.ts';
import { call, NOW, World } from '../../runs/run-world.ts';
import { startAwsAccount } from '../../support/aws-account.ts';
import { BackfillExecution } from '../../support/backfill-execution.ts';
import { commandLine } from '../../support/command-line.ts';
import { memoryStores } from '../../support/memory-stores.ts';

const deployment = synthesise();
const definition: Json = JSON.parse(concrete(deployment.template, readDefinition(deployment, 'ccaip-backfill')));

const ago = (hours: number) => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();
const RANGE = ['--endpoint', 'call', '--from', ago(72), '--to', ago(24), '--slice-hours', '12'];
const SLICES = [72, 60, 48, 36].map(ago);

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
let world: World;
let executions: BackfillExecution[];
let mishap: BackfillExecution['mishap'];

beforeEach(async () => {
  aws = await startAwsAccount();
  aws.account.deploy('ccaip', ['acme']);
  world = await World.create(memoryStores());
  world.tenant = { ...world.tenant, historyStart: ago(24) };
  const calls = Array.from({ length: 20 }, (_, i) => call(i + 1, (70 - 2 * i) * 60));
  world.platform.rows('/calls').push(...calls, call(100, 12 * 60));
  await world.ingest('call');
  executions = [];
  mishap = () => undefined;
  aws.account.executions.machine = () => {
    const execution = new BackfillExecution(definition, world);
    execution.mishap = (event) => mishap(event);
    executions.push(execution);
    return execution;
  };
});
afterEach(() => aws.close());

const backfill = (...args: string[]) =>
  commandLine(['backfill', '--region', 'eu-central-1', ...args], { now: world.time.now, environment: aws.variables });
const ran = (execution: BackfillExecution | undefined) => execution?.ranges.map(({ from }) => from);
const status = async () => JSON.parse((await backfill('--status', '--json')).stdout);

describe('ccaip backfill in AWS', () => {
  it('executes the order and follows it to its end', async () => {
    const { code, stdout, stderr } = await backfill(...RANGE, '--concurrency', '1', '--json');
    expect({ code, progress: JSON.parse(stdout) }).toEqual({
      code: 0,
      progress: {
        ...{ tenant: 'acme', endpoint: 'call', from: ago(72), to: ago(24), sliceHours: 12, state: 'done' },
        ...{ slices: 4, done: SLICES, running: 0, failed: 0, upTo: ago(24), leftToLiveFrom: null, error: null },
        records: 20,
      },
    });
    expect(stderr).toContain('has started and runs on in AWS');
    expect(stderr).toContain('20 records, 4 of 4 slices');
    expect(ran(executions[0])).toEqual(SLICES);
    expect(executions[0]?.most).toBe(1);
  });

  it('executes the same order twice only with --again', async () => {
    await backfill(...RANGE);
    expect((await backfill(...RANGE)).stderr).toContain('is already done');
    expect(executions).toHaveLength(1);
    let isLate = true;
    // Step Functions does not tell of it yet, but knows it
    aws.account.mishap = (request) => {
      if (request !== 'AWSStepFunctions.DescribeExecution' || !isLate) return undefined;
      isLate = false;
      return 'ExecutionDoesNotExist';
    };
    expect((await backfill(...RANGE)).stderr).toContain('is already done');
    expect(executions).toHaveLength(1);
    expect((await backfill(...RANGE, '--again')).code).toBe(0);
    expect(executions.map(ran)).toEqual([SLICES, SLICES]);
    expect(await status()).toHaveLength(2);
  });

  it('says why it failed and continues with the same command', async () => {
    mishap = ({ range }) => (range.from === SLICES[2] ? new CredentialError('call answered 401') : undefined);
    const failed = await backfill(...RANGE, '--concurrency', '1');
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /did not finish \(CredentialError: call answered 401\)\. Repeat the command to continue/,
      ),
    });
    expect(await status()).toMatchObject([
      { state: 'failed', done: SLICES.slice(0, 2), running: 0, failed: 1, upTo: SLICES[2] },
    ]);
    expect((await backfill('--status')).stdout).toMatch(/failed.* 2 of 4[\s\S]*acme call from .*401/);
    mishap = () => undefined;
    const { code, stderr } = await backfill(...RANGE, '--concurrency', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('continues from where it stopped') });
    expect(executions).toHaveLength(1);
    expect(ran(executions[0])).toEqual([...SLICES.slice(0, 3), ...SLICES.slice(2)]);
    expect(await status()).toMatchObject([{ state: 'done', failed: 0, records: 20, error: null }]);
  });

  it('starts again if the execution can no longer be redriven', async () => {
    mishap = () => new CredentialError('401');
    await backfill(...RANGE);
    mishap = () => undefined;
    const [execution] = aws.account.executions.all.values();
    Object.assign(execution ?? {}, { redriveStatus: 'NOT_REDRIVABLE' });
    expect((await backfill(...RANGE)).code).toBe(0);
    expect(executions).toHaveLength(2);
  });

  it('reports what it leaves to live runs', async () => {
    const { stderr, stdout } = await backfill('--endpoint', 'call', '--from', ago(72), '--to', ago(1), '--json');
    const { leftToLiveFrom, upTo, done, slices } = JSON.parse(stdout);
    expect(leftToLiveFrom > ago(30) && leftToLiveFrom < ago(1)).toBe(true);
    expect(upTo).toBe(leftToLiveFrom);
    expect(done).toHaveLength(slices);
    expect(stderr).toContain(`live runs read everything that changed from ${leftToLiveFrom} on`);
  });

  it('does not wait with --no-wait and shows the running backfill with --status', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    aws.account.executions.machine = () => {
      const execution = new BackfillExecution(definition, world, () => gate);
      executions.push(execution);
      return execution;
    };
    expect(await backfill(...RANGE, '--no-wait')).toMatchObject({ code: 0, stdout: '' });
    expect(await status()).toMatchObject([{ state: 'running', slices: 4, running: 2, done: [], upTo: ago(72) }]);
    expect((await backfill(...RANGE, '--no-wait')).stderr).toContain('is already running');
    go();
    expect(await backfill(...RANGE)).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject([{ state: 'done', upTo: ago(24) }]);
  });

  it.each([
    [['--endpoint', 'agent', '--from', '30d', '--to', '1d'], /agent is a snapshot/],
    [['--endpoint', 'call', '--from', '2026-11-02', '--to', '2026-11-01'], /--from must be before --to/],
    [['--endpoint', 'call', '--from', '2020-01-01', '--to', '2026-01-01', '--slice-hours', '1'], /take slices of/],
    [['--endpoint', 'call'], /Give --from and --to/],
    [['--tenant', 'gamma', ...RANGE], /there is no tenant "gamma" in this deployment\. Give --tenant, one of acme/],
    [['--dir', 'x', ...RANGE], /cannot be used with option/],
  ])('called with %j says what to do instead', async (args, message) => {
    expect(await backfill(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(executions).toEqual([]);
  });

  it('asks for the tenant if there are several', async () => {
    aws.account.outputs.set('Secrets', 'ccaip/acme,ccaip/beta');
    expect((await backfill(...RANGE)).stderr).toContain('which tenant? Give --tenant, one of acme, beta');
  });

  it('says what to do if the deployment has no state machine yet', async () => {
    aws.account.outputs.delete('BackfillStateMachine');
    expect((await backfill('--status')).stderr).toContain('has no output BackfillStateMachine. Deploy it again');
  });
});

describe('the name of an execution', () => {
  const order = { tenant: 't'.repeat(40), endpoint: 'call', from: ago(72), to: ago(24), sliceHours: 24 };

  it('is valid for Step Functions for every order', () => {
    for (const { name: endpoint } of ENDPOINTS)
      expect(createExecutionName({ ...order, endpoint }, 99)).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });

  it('depends on tenant, endpoint, range and slice length only', () => {
    const changes = [{ tenant: 'acme' }, { endpoint: 'chat' }, { from: ago(71) }, { to: ago(25) }, { sliceHours: 12 }];
    const names = [{}, ...changes].map((change) => createExecutionName({ ...order, ...change }, 1));
    expect(new Set(names).size).toBe(6);
    expect(createExecutionName({ ...order, concurrency: 8 }, 1)).toBe(names[0]);
  });
});
