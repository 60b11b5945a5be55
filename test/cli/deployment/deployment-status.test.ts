import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../catalog/index.ts';
import { formatDuration } from '../../../cli/commands/status/status-table.ts';
import { computeNextRun } from '../../../cli/deployment/schedules.ts';
import { CheckpointStore } from '../../../lambdas/ledger/checkpoint-store.ts';
import { Ledger } from '../../../lambdas/ledger/ledger.ts';
import { batch, lastRun } from '../../ledger/sample-entry.ts';
import { ACCOUNT_TIME, startAwsAccount } from '../../support/aws-account.ts';
import { commandLine } from '../../support/command-line.ts';
import { type Stores, startStores } from '../../support/test-stores.ts';

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
let stores: Stores;
/** An hour after the cursor: what is told comes from the last run. */
const now = () => ACCOUNT_TIME + 3_600_000;
const ago = (minutes: number) => new Date(now() - minutes * 60_000).toISOString();

beforeAll(async () => {
  [aws, stores] = await Promise.all([startAwsAccount(), startStores()]);
  const { STATE_TABLE: table } = stores.environment;
  aws.account.deploy('blue', ['acme', 'umbrella'], { StateTable: table });
  aws.account.schedules.delete('umbrella.chat');
  const acme = new CheckpointStore(stores.aws.dynamodb, table, 'acme', 'call', now);
  const ledger = new Ledger(stores.aws.dynamodb, table, 'acme');
  const { fencingToken } = await acme.acquire('run-3');
  for (const [i, run] of ['run-1', 'run-2', 'run-2', 'run-3'].entries()) {
    const each = { ...batch(i + 1), run };
    await acme.commit({ fencingToken }, each, { position: '{}', cursor: '2026-03-02T11:59:00.000Z' });
    await ledger.append('call', each);
  }
  const end = { ...lastRun(), scheduledTime: ago(7), caughtUpAt: ago(6), continuation: 2 };
  await acme.release(fencingToken, { appended: 4, lastRun: end });
  const chat = new CheckpointStore(stores.aws.dynamodb, table, 'acme', 'chat', now);
  const leased = await chat.acquire('run-4');
  await chat.release(leased.fencingToken, {
    appended: 0,
    lastRun: { ...lastRun(), scheduledTime: ago(2), outcome: 'failed', error: 'secret blue/acme is empty: fill it' },
  });
});
afterAll(() => Promise.all([aws.close(), stores.close()]));

const status = (...args: string[]) =>
  commandLine(['status', '--deployment', 'blue', ...args], {
    now,
    environment: { ...stores.variables, ...aws.variables },
  });

describe('ccaip status of a deployment', () => {
  it('shows every tenant and endpoint with cursor, lag, last runs, continuations, lease, quarantine and next run', async () => {
    const { code, stdout, stderr } = await status('--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const statuses = JSON.parse(stdout);
    expect(statuses).toHaveLength(2 * ENDPOINTS.length);
    expect(statuses.find((each: { endpoint: string }) => each.endpoint === 'call')).toEqual({
      tenant: 'acme',
      endpoint: 'call',
      unreadable: [],
      cursor: '2026-03-02T11:59:00.000Z',
      seq: 4,
      records: 12,
      quarantined: 4,
      lagSeconds: 360,
      lastRun: expect.objectContaining({ outcome: 'done', continuation: 2 }),
      leaseUntil: null,
      schedule: { state: 'ENABLED', everyMinutes: 5, since: 0 },
      nextRun: ago(-3),
      runs: [
        expect.objectContaining({ run: 'run-3', batches: 1, records: 3, quarantined: 1 }),
        expect.objectContaining({ run: 'run-2', batches: 2, records: 6, quarantined: 2 }),
        expect.objectContaining({ run: 'run-1', batches: 1, records: 3 }),
      ],
    });
  });

  it('computes the next run from the nominal time of the last run', async () => {
    const [call] = JSON.parse((await status('call', '--json')).stdout);
    const next = Date.parse(call.nextRun) - Date.parse(call.lastRun.scheduledTime);
    expect(next).toBe(10 * 60_000);
  });

  it('prints tables that fit 120 characters, then the requested runs and the errors', async () => {
    const { stdout } = await status('call', 'chat', '--runs', '2');
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(stdout).toMatch(/│ tenant +│ endpoint │ cursor .*│\n/);
    expect(stdout).toMatch(/│ tenant +│ endpoint │ .*│ lease until │ next run +│\n/);
    expect(stdout).toMatch(/│ acme +│ call +│ 2026-03-02T11:59:00.000Z │ 6 min.*│ done +│ 2 +│/);
    expect(stdout).toMatch(/│ umbrella │ chat +│ .*│ switched off/);
    expect(stdout).toContain('acme chat: secret blue/acme is empty: fill it\n');
    expect(stdout).toMatch(/│ tenant │ endpoint │ nominal time/);
  });

  it('reads only the chosen endpoints and never scans the table', async () => {
    const before = aws.account.requests.length;
    expect(JSON.parse((await status('team', '--json')).stdout)).toHaveLength(2);
    expect(aws.account.requests.slice(before)).toEqual([
      'cloudformation.DescribeStacks',
      'scheduler.GetSchedule',
      'scheduler.GetSchedule',
    ]);
  });

  it('uses the default deployment if no name is given', async () => {
    const { stderr } = await commandLine(['status', 'team', '--deployment'], {
      now,
      environment: { ...stores.variables, ...aws.variables },
    });
    // the account has but one stack, and calls its secrets blue/...
    expect(stderr).toBe('');
    const outcome = await commandLine(['secret', 'set', '--tenant', 'acme', '--deployment'], {
      environment: aws.variables,
    });
    expect(outcome.stderr).toContain('deployment ccaip has no tenant acme');
  });

  it('names the missing stack', async () => {
    const nothing = await startAwsAccount();
    const outcome = await commandLine(['status', '--region', 'eu-west-1'], { environment: nothing.variables });
    await nothing.close();
    expect(outcome).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^ccaip: there is no stack ccaip in eu-west-1\. Give --deployment .*\n$/),
    });
  });

  it('cannot be combined with --dir', async () => {
    expect(await status('--dir', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be used with'),
    });
  });
});

describe('the next run of a schedule', () => {
  const minutes = 60_000;
  it.each([
    ['right after a run', { last: 100, now: 100 }, 105],
    ['before the next one', { last: 100, now: 104.9 }, 105],
    ['when runs were missed', { last: 100, now: 123 }, 125],
    ['before the first one', { last: null, now: 2 }, 5],
    ['that starts later', { last: null, now: -3 }, 0],
  ])('%s', (_, { last, now }, next) => {
    const schedule = { state: 'ENABLED', everyMinutes: 5, since: 0 } as const;
    expect(computeNextRun(schedule, last === null ? null : last * minutes, now * minutes)).toBe(next * minutes);
  });

  it('is unknown for a disabled schedule and for a cron schedule', () => {
    expect(computeNextRun({ state: 'DISABLED', everyMinutes: 5, since: 0 }, 0, 1)).toBeNull();
    expect(computeNextRun({ state: 'ENABLED', everyMinutes: null, since: 0 }, 0, 1)).toBeNull();
  });
});

it.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [3_725, '1 h 2 min'],
  [3_605, '1 h'],
  [90_000, '1 d 1 h'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
