import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../catalog/index.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import { CheckpointStore } from '../../../lambdas/ledger/checkpoint-store.ts';
import { lastRun } from '../../ledger/sample-entry.ts';
import { ACCOUNT_TIME, startAwsAccount } from '../../support/aws-account.ts';
import { commandLine } from '../../support/command-line.ts';
import { type Stores, startStores } from '../../support/test-stores.ts';

const FIRST = ENDPOINTS[0]?.name;
const COUNT = ENDPOINTS.length;
/** Endpoints that stand behind `call` in the catalog. */
const [AFTER_CALL, ...LATER] = ENDPOINTS.slice(1 + ENDPOINTS.findIndex(({ name }) => name === 'call'));

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
let stores: Stores;
let table: string;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  aws = await startAwsAccount();
  const { STATE_TABLE, METRICS_TABLE } = await stores.fresh();
  table = STATE_TABLE;
  aws.account.deploy('ccaip', ['acme'], { StateTable: STATE_TABLE, MetricsTable: METRICS_TABLE });
  aws.account.secrets.set('ccaip/acme', JSON.stringify({ username: 'acme', password: 'a-secret-token' }));
});
afterEach(() => aws.close());

const now = () => ACCOUNT_TIME;
const shell = () => ({ now, environment: { ...stores.variables, ...aws.variables } });

async function ran(endpoint: string, end: Partial<ReturnType<typeof lastRun>> = {}) {
  const head = new CheckpointStore(stores.aws.dynamodb, table, 'acme', endpoint, now);
  const { fencingToken } = await head.acquire('run');
  await head.release(fencingToken, {
    appended: 0,
    lastRun: { ...lastRun(), caughtUpAt: new Date(now()).toISOString(), ...end },
  });
}

async function examine() {
  const { code, stdout, stderr } = await commandLine(['doctor', '--deployment', 'ccaip', '--json'], shell());
  expect(stderr).toBe('');
  const findings: Finding[] = JSON.parse(stdout);
  return {
    code,
    findings,
    about: (subject: string) => findings.find((each) => each.subject === subject),
    wrong: findings.filter(({ state }) => state === 'wrong'),
  };
}

describe('ccaip doctor of a deployment', () => {
  it('finds nothing wrong with a working deployment and says what has never run', async () => {
    await ran('call');
    const { code, findings, about } = await examine();
    expect(code).toBe(0);
    expect(findings).toHaveLength(1 + 1 + 1 + 2 + 3 * COUNT);
    expect(about('cdk.json')).toMatchObject({ state: 'ok' });
    expect(about('stack ccaip')).toMatchObject({ state: 'ok', found: 'UPDATE_COMPLETE, one tenant: acme' });
    expect(about('secret of acme')).toMatchObject({ state: 'ok' });
    expect(about(`table ${table}`)).toMatchObject({ state: 'ok', found: 'ACTIVE' });
    expect(about('function of call')).toMatchObject({ state: 'ok' });
    expect(about('queues of call')).toMatchObject({ state: 'ok', found: 'empty' });
    expect(about('runs of acme call')).toMatchObject({ state: 'ok', found: 'caught up' });
    expect(about('runs of acme chat')).toMatchObject({ state: 'warning', found: 'it has never run' });
    expect(JSON.stringify(findings)).not.toContain('a-secret-token');
  });

  it('merges equal findings into one line', async () => {
    await ran('call');
    const { code, stdout } = await commandLine(['doctor', '--deployment'], shell());
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ok {7}function of ${FIRST} and ${COUNT - 1} more +Active$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^ok {7}queues of ${FIRST} and ${COUNT - 1} more +empty$`, 'm'));
    expect(stdout).toMatch(/^ok {7}runs of acme call +caught up$/m);
    const others = `runs of acme ${AFTER_CALL?.name} and ${LATER.length} more`;
    expect(stdout).toMatch(new RegExp(`^warning {2}${others} +it has never run$`, 'm'));
    expect(stdout).toMatch(
      new RegExp(`${1 + 1 + 1 + 2 + 3 * COUNT} findings: 0 wrong, ${COUNT - 1} warnings, 0 notes\n$`),
    );
  });

  it('prints long findings in lines of at most 120 characters', async () => {
    const StateReason = 'The key of the environment variables is disabled. '.repeat(5);
    const failed = { State: 'Failed', LastUpdateStatus: 'Failed', StateReason };
    aws.account.functions.set('ccaip-call', failed);
    const { stdout } = await commandLine(['doctor', '--deployment'], shell());
    expect(stdout.match(/The\s+key\s+of/g)).toHaveLength(5);
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('finds a secret without a value and a secret that is not a credential', async () => {
    aws.account.secrets.set('ccaip/acme', null);
    const { code, wrong } = await examine();
    expect(code).toBe(1);
    expect(wrong).toEqual([
      {
        subject: 'secret of acme',
        state: 'wrong',
        found: 'has no value',
        todo: 'run npx ccaip secret set --tenant acme --deployment ccaip',
      },
    ]);
    aws.account.secrets.set('ccaip/acme', 'hunter2');
    const second = await examine();
    expect(second.wrong[0]?.found).toBe('is not JSON');
    expect(JSON.stringify(second.findings)).not.toContain('hunter2');
  });

  it('finds events in a dead-letter queue and their reason', async () => {
    aws.account.queues.send('ccaip-call-failed', '{}', { ErrorMessage: 'the secret is empty' });
    expect((await examine()).wrong).toEqual([
      {
        subject: 'queues of call',
        state: 'wrong',
        found: '1 in ccaip-call-failed (the secret is empty)',
        todo: 'fix the cause, then run npx ccaip dlq replay --endpoint call --deployment ccaip',
      },
    ]);
  });

  it('finds functions, tables and queues that are broken or missing', async () => {
    aws.account.functions.set('ccaip-call', { State: 'Failed', LastUpdateStatus: 'Failed' });
    aws.account.functions.delete('ccaip-chat');
    aws.account.outputs.set('MetricsTable', 'gone');
    const { wrong } = await examine();
    expect(wrong.map(({ subject, found }) => `${subject}: ${found}`).toSorted()).toEqual([
      'function of call: Failed, last update Failed',
      'function of chat: does not exist',
      'table gone: does not exist',
    ]);
  });

  it('finds the last error of an endpoint, if necessary in its log', async () => {
    await ran('call', { outcome: 'failed', error: 'https://acme.example answered 403: check the role' });
    await ran('chat', { outcome: 'failed', error: 'unexpected error: see the log of this run' });
    aws.account.logs.set('/aws/lambda/ccaip-chat', [
      JSON.stringify({
        level: 'ERROR',
        message: 'run failed',
        error: { name: 'TypeError', message: 'x is no function' },
      }),
    ]);
    const { about } = await examine();
    expect(about('runs of acme call')?.found).toBe(
      'the last run failed: https://acme.example answered 403: check the role',
    );
    expect(about('runs of acme chat')?.found).toBe(
      'the last run failed: TypeError: x is no function (log group /aws/lambda/ccaip-chat)',
    );
  });

  it('finds an endpoint that stopped running and a disabled schedule', async () => {
    await ran('call', { caughtUpAt: new Date(now() - 3_600_000).toISOString() });
    await ran('menu', { caughtUpAt: new Date(now() - 86_400_000).toISOString() });
    aws.account.schedules.set('acme.chat', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'DISABLED',
      CreationDate: 0,
    });
    aws.account.schedules.delete('acme.photo');
    const { about } = await examine();
    expect(about('runs of acme call')).toMatchObject({ state: 'wrong', found: 'the last run was 60 minutes ago' });
    expect(about('runs of acme menu')).toMatchObject({ state: 'ok' });
    expect(about('runs of acme chat')).toMatchObject({ state: 'warning', found: 'the schedule is disabled' });
    expect(about('runs of acme photo')).toBeUndefined();
  });

  it('continues if access is denied', async () => {
    aws.account.failing.set('secretsmanager.GetSecretValue', 'AccessDeniedException');
    const { code, about } = await examine();
    expect(code).toBe(0);
    expect(about('secret of acme')).toMatchObject({
      state: 'warning',
      found: 'cannot be read with these credentials',
    });
  });

  it('says which runs it cannot read and checks everything else', async () => {
    aws.account.failing.set('scheduler.GetSchedule', 'AccessDeniedException');
    const { code, findings, about } = await examine();
    expect(code).toBe(0);
    expect(about('runs of every endpoint')).toMatchObject({ state: 'warning' });
    expect(findings).toHaveLength(1 + 1 + 1 + 2 + 2 * COUNT + 1);
  });

  it.each(['UPDATE_ROLLBACK_COMPLETE', 'CREATE_FAILED'])('finds a stack in state %s', async (stackStatus) => {
    aws.account.stackStatus = stackStatus;
    expect((await examine()).wrong[0]).toMatchObject({
      subject: 'stack ccaip',
      found: expect.stringContaining(stackStatus),
    });
  });

  it('says that there is no stack', async () => {
    aws.account.outputs.clear();
    const { code, findings } = await examine();
    expect({ code, findings }).toEqual({
      code: 1,
      findings: [expect.objectContaining({ subject: 'stack ccaip', state: 'wrong', found: 'there is no stack ccaip' })],
    });
  });
});
