import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { replayEventSchema } from '../../../lambdas/replay/replay-event.ts';
import { replayOf } from '../../replay/replay-world.ts';
import { World } from '../../runs/run-world.ts';
import { startAwsAccount } from '../../support/aws-account.ts';
import { commandLine, type Outcome } from '../../support/command-line.ts';
import { type Stores, startStores } from '../../support/test-stores.ts';

let stores: Stores;
let aws: Awaited<ReturnType<typeof startAwsAccount>>;
let world: World;

beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  aws = await startAwsAccount();
  world = await World.create(stores);
  world.calls(3);
  await world.ingest('call');
  aws.account.deploy('ccaip', ['acme'], { StateTable: world.environment.STATE_TABLE });
  aws.account.functions.set('ccaip-replay', { State: 'Active', LastUpdateStatus: 'Successful' });
});
afterEach(() => aws.close());

const ccaip = (...args: string[]) =>
  commandLine(args, { now: world.time.now, environment: { ...stores.variables, ...aws.variables } });

/** Waits until the command has started the function. @returns its event @throws Error if the command ends before */
async function startedBy(command: Promise<Outcome>) {
  const ended = command.then(({ stderr }) => Promise.reject(new Error(`the command ended: ${stderr}`)));
  return replayEventSchema.parse(await Promise.race([aws.account.invoked('ccaip-replay'), ended]));
}

it('ccaip replay in AWS starts the function, follows its continuations and prints the result', async () => {
  const choice = ['--region', 'eu-central-1', '--endpoint', 'call'];
  const command = ccaip('replay', ...choice, '--from', '2026-03-01', '--dry-run', '--json');
  const {
    endpoint,
    tenant,
    continuation,
    quarantine,
    state: _state,
    force: _force,
    ...options
  } = await startedBy(command);
  expect({ endpoint, tenant, continuation, quarantine, options }).toEqual({
    endpoint: 'call',
    tenant: 'acme',
    continuation: 0,
    quarantine: false,
    options: { from: '2026-03-01', dryRun: true },
  });
  expect(await replayOf(world, options, { timeLeft: () => 0 })).toMatchObject({ outcome: 'more' });
  await replayOf(world, options);
  const { code, stdout } = await command;
  expect({ code, result: JSON.parse(stdout) }).toMatchObject({
    code: 0,
    result: [{ tenant: 'acme', endpoint: 'call', outcome: 'done', report: { records: 3, same: 3, days: 1 } }],
  });
  expect(aws.account.invocations.get('ccaip-replay')).toHaveLength(1);
});

it('ccaip replay --quarantine in AWS requeues records and prints the result', async () => {
  const answer = { tenant: 'acme', endpoint: 'call', outcome: 'done', taken: 3, left: { 'id: missing': 1 }, gone: 0 };
  aws.account.answers.set('ccaip-replay', answer);
  expect(await ccaip('replay', '--quarantine', 'call', '--deployment', 'ccaip', '--dry-run')).toEqual({
    code: 0,
    stdout: 'acme call: 3 records would be requeued, 1 still failing with id: missing\n',
    stderr: '',
  });
  expect(aws.account.invocations.get('ccaip-replay')).toEqual([
    { endpoint: 'call', tenant: 'acme', dryRun: true, quarantine: true },
  ]);
});

it('ccaip replay in AWS says why the function failed', async () => {
  const command = ccaip('replay', '--deployment', 'ccaip', '--endpoint', 'call');
  await startedBy(command);
  await expect(replayOf(world, {}, { environment: { ...world.environment, LAKE_BUCKET: 'gone' } })).rejects.toThrow();
  expect(await command).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('ccaip: the replay failed: '),
  });
});
