import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ReplayEvent, replayEventSchema } from '../../../lambdas/replay/replay-event.ts';
import { rebuildState } from '../../rebuild/rebuild-world.ts';
import { World } from '../../runs/run-world.ts';
import { startAwsAccount } from '../../support/aws-account.ts';
import { commandLine } from '../../support/command-line.ts';
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
  world.platform.rows('/agents').push({ id: 1 }, { id: 2 });
  await world.ingest('agent');
  const { STATE_TABLE } = await stores.fresh();
  Object.assign(world, { environment: { ...world.environment, STATE_TABLE } });
  aws.account.deploy('ccaip', ['acme'], { StateTable: STATE_TABLE });
  aws.account.functions.set('ccaip-replay', { State: 'Active', LastUpdateStatus: 'Successful' });
});
afterEach(() => aws.close());

const ccaip = (...args: string[]) =>
  commandLine(args, { now: world.time.now, environment: { ...stores.variables, ...aws.variables } });

const CHOICE = ['--deployment', 'ccaip', '--endpoint', 'agent'];

it('ccaip rebuild in AWS asks the function what there is, starts it, follows it and prints the result', async () => {
  aws.account.answers.set('ccaip-replay', await rebuildState(world, 'agent', { dryRun: true }));
  const command = ccaip('rebuild', ...CHOICE, '--json');
  const events = () => aws.account.invocations.get('ccaip-replay') ?? [];
  const asked = replayEventSchema.parse(await aws.account.invoked('ccaip-replay'));
  expect(asked).toMatchObject({ endpoint: 'agent', tenant: 'acme', state: true, dryRun: true });
  const started: ReplayEvent = replayEventSchema.parse(await aws.account.invoked('ccaip-replay', 1));
  expect(started).toMatchObject({ state: true, dryRun: false, force: false });
  await rebuildState(world, 'agent');
  const { code, stdout } = await command;
  expect({ code, found: JSON.parse(stdout) }).toMatchObject({
    code: 0,
    found: { endpoints: [{ tenant: 'acme', endpoint: 'agent', outcome: 'done', report: { records: 2 } }], replays: [] },
  });
  expect(events()).toHaveLength(2);
});

it('ccaip rebuild in AWS starts nothing if the state table is not empty', async () => {
  await rebuildState(world, 'agent');
  aws.account.answers.set('ccaip-replay', await rebuildState(world, 'agent', { dryRun: true }));
  expect(await ccaip('rebuild', ...CHOICE)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'the state table is not empty: it has 1 batch of acme agent. A rebuild would replace',
    ),
  });
  expect(aws.account.invocations.get('ccaip-replay')).toHaveLength(1);
});
