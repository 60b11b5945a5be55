import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDefinition, synthesise } from '../../lib/template.ts';
import { call, World } from '../../runs/run-world.ts';
import { AuditExecution } from '../../support/audit-execution.ts';
import { AuditServices } from '../../support/audit-services.ts';
import { startAwsAccount } from '../../support/aws-account.ts';
import { commandLine } from '../../support/command-line.ts';
import { deleteObject, type Stores, startStores } from '../../support/test-stores.ts';

const definition = JSON.parse(readDefinition(synthesise(), 'ccaip-audit'));
const MINUTE = 60_000;

let stores: Stores;
let aws: Awaited<ReturnType<typeof startAwsAccount>>;
let world: World;
let services: AuditServices;
let mishap: AuditExecution['mishap'];

beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

beforeEach(async () => {
  aws = await startAwsAccount();
  world = await World.create(stores);
  const rows = world.platform.rows('/calls');
  for (const minutes of [60, 40, 1]) {
    const at = new Date(world.time.time - minutes * MINUTE).toISOString();
    rows.push({ ...call(rows.length + 1, minutes + 10), updated_at: at });
    await world.ingest('call');
  }
  services = await AuditServices.open(world);
  mishap = () => undefined;
  aws.account.deploy('ccaip', ['acme'], { StateTable: world.environment.STATE_TABLE });
  aws.account.audits.machine = (name) => {
    const execution = new AuditExecution(definition, world, services, name);
    execution.mishap = (service, parameters) => mishap(service, parameters);
    return execution;
  };
});
afterEach(async () => {
  await services[Symbol.asyncDispose]();
  await aws.close();
});

const run = (...args: string[]) =>
  commandLine(args, { now: world.time.now, environment: { ...stores.variables, ...aws.variables } });
const audit = (...args: string[]) => run('audit', '--deployment', 'ccaip', ...args);

async function loseCall(): Promise<void> {
  const [first] = await world.objects('raw/call/');
  await deleteObject(world.aws, world.environment.LAKE_BUCKET, first?.key ?? '');
}

describe('ccaip audit in AWS', () => {
  it('executes the audit, follows it to its end, and shows what is proven', async () => {
    const { code, stdout, stderr } = await audit('call', '--from', '2d');
    expect(code).toBe(0);
    expect(stderr).toContain('has started and runs in AWS');
    expect(stderr).toMatch(/acme +1 endpoint compared, \d+ requests/);
    expect(stdout).toMatch(/acme.* call .*proven complete/);
    expect(stdout).toMatch(/acme: audited 2026-03-02T12:00:00\.\d{3}Z, proven complete: 1 of 1 endpoint, \d+ windows/);
    const [execution] = aws.account.audits.all.values();
    expect(JSON.parse(execution?.input ?? '')).toEqual({
      ...{ endpoints: ['call'], from: '2026-02-28T00:00:00.000Z', heal: false, requests: 20_000 },
    });
    expect((await run('status', '--deployment', 'ccaip', 'call')).stdout).toMatch(
      /acme: audited 2026-03-02T12:00:00\.\d{3}Z, proven complete: 1 of 1 endpoint/,
    );
  });

  it('exits with 1 while records are missing, and reads them again with --heal', async () => {
    await loseCall();
    const found = await audit('call', '--from', '2d', '--json');
    expect(found.code).toBe(1);
    expect(JSON.parse(found.stdout)).toMatchObject([
      { tenant: 'acme', missing: 1, proven: 0, results: { call: { missing: 1, isProven: false } } },
    ]);
    const healed = await audit('call', '--from', '2d', '--tenant', 'acme', '--heal', '--json');
    expect(healed.code).toBe(0);
    expect(JSON.parse(healed.stdout)).toMatchObject([{ missing: 0, healed: 1, proven: 1 }]);
    expect(JSON.parse((await audit('--status', '--json')).stdout)).toEqual(JSON.parse(healed.stdout));
    expect((await audit('--status')).stdout).toMatch(/acme.* call .*proven complete/);
  });

  it('says why it failed, and continues with the same command', async () => {
    mishap = (service) => (service === 'athena' ? new Error('no capacity') : undefined);
    const failed = await audit('call', '--from', '2d');
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('acme: query of call: Error: no capacity');
    expect(failed.stderr).toMatch(/the audit did not finish \(.*\)\. Repeat the command to continue/);
    mishap = () => undefined;
    const { code, stderr } = await audit('call', '--from', '2d');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('has started') });
    const [first, second] = aws.account.audits.all.keys();
    expect(JSON.parse(aws.account.audits.all.get(second ?? '')?.input ?? '').run).toBe(first);
  });

  it('starts a new audit when the last one is done, and does not wait with --no-wait', async () => {
    await audit('call', '--from', '2d');
    const { code, stdout, stderr } = await audit('call', '--from', '2d', '--no-wait');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('has started');
    expect(aws.account.audits.all.size).toBe(2);
  });

  it.each([
    [['--tenant', 'gamma'], 'there is no tenant "gamma" in this deployment'],
    [['--from', '2026-03-05'], '--from must be before --to'],
    [['--dir', 'x'], "option '--deployment [name]' cannot be used with option '--dir <folder>'"],
  ])('refuses %j', async (args, sentence) => {
    const { code, stderr } = await audit(...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) });
    expect(aws.account.audits.all.size).toBe(0);
  });

  it('says that a deployment has no audit', async () => {
    aws.account.outputs.delete('AuditStateMachine');
    const { code, stderr } = await audit();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('The audit is switched off in cdk.json'),
    });
    const local = await run('audit', '--status');
    expect({ code: local.code, stderr: local.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('--status and --no-wait need a deployment'),
    });
  });
});
