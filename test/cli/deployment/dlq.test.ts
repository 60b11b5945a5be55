import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../catalog/index.ts';
import { ACCOUNT_TIME, startAwsAccount } from '../../support/aws-account.ts';
import { commandLine } from '../../support/command-line.ts';
import { holdRefusingOrigin } from '../../support/refusing-origin.ts';
import { ccaip as ccaipProcess, type Outcome } from '../run-ccaip.ts';

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
beforeEach(async () => {
  aws = await startAwsAccount();
  aws.account.deploy('ccaip', ['acme', 'umbrella']);
});
afterEach(() => aws.close());

const event = (endpoint: string, tenant: string, scheduledTime: string, more: object = {}) =>
  JSON.stringify({ endpoint, tenant: { name: tenant, baseUrl: `https://${tenant}.example` }, scheduledTime, ...more });
const ccaip = (...args: string[]) => commandLine(args, { now: () => ACCOUNT_TIME, environment: aws.variables });
const dead = (queue: string, body: string, attributes = {}) =>
  aws.account.queues.send(`ccaip-${queue}`, body, attributes);
const invoked = (endpoint: string) => aws.account.invocations.get(`ccaip-${endpoint}`) ?? [];

describe('ccaip dlq replay', () => {
  it('sends the events of both queues to the function of their endpoint and empties the queues', async () => {
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'), { ErrorMessage: 'refused' });
    dead('call-undelivered', event('call', 'umbrella', '2026-11-02T10:05:00Z'));
    dead('team-failed', event('team', 'acme', '2026-11-02T10:00:00Z'));
    const { code, stdout, stderr } = await ccaip('dlq', 'replay');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'call: 2 events, 2 runs started\nteam: 1 event, 1 run started\n',
      stderr: '',
    });
    expect(invoked('call').map(({ tenant }) => tenant)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'acme' }),
        expect.objectContaining({ name: 'umbrella' }),
      ]),
    );
    expect(invoked('team')).toEqual([JSON.parse(event('team', 'acme', '2026-11-02T10:00:00Z'))]);
    for (const queue of ['call-failed', 'call-undelivered', 'team-failed'])
      expect(aws.account.queues.bodies(`ccaip-${queue}`)).toEqual([]);
  });

  it('starts one run, with the newest event, for events that differ only in their nominal time', async () => {
    for (let minute = 10; minute < 35; minute++)
      dead('call-failed', event('call', 'acme', `2026-11-02T10:${minute}:00Z`, { continuation: minute }));
    dead('call-undelivered', event('call', 'acme', '2026-11-02T10:09:00Z'));
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z', { range: { from: 'a', to: 'b' } }));
    const { stdout } = await ccaip('dlq', 'replay', '--endpoint', 'call', '--json');
    expect(JSON.parse(stdout)).toEqual([{ endpoint: 'call', events: 27, started: 2, left: 0, problems: [] }]);
    expect(invoked('call')).toHaveLength(2);
    expect(invoked('call')).toContainEqual(JSON.parse(event('call', 'acme', '2026-11-02T10:34:00Z')));
    expect(invoked('call')).toContainEqual(expect.objectContaining({ range: { from: 'a', to: 'b' } }));
    expect(aws.account.queues.bodies('ccaip-call-failed')).toEqual([]);
  });

  it('leaves an event visible in its queue if the function does not accept it', async () => {
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'));
    dead('chat-failed', event('chat', 'acme', '2026-11-02T10:00:00Z'));
    aws.account.refusing.set('ccaip-call', 'TooManyRequestsException');
    const { code, stdout, stderr } = await ccaip('dlq', 'replay');
    expect(code).toBe(1);
    expect(stdout).toContain('call: 1 event, 0 runs started, 1 event stays in the queue\n');
    expect(stdout).toContain('chat: 1 event, 1 run started\n');
    expect(stderr).toMatch(/^ccaip: call: function ccaip-call did not accept the event: TooManyRequestsException.*\n$/);
    expect(aws.account.queues.visible('ccaip-call-failed')).toBe(1);
    aws.account.refusing.clear();
    expect((await ccaip('dlq', 'replay')).stdout).toBe('call: 1 event, 1 run started\n');
    expect(invoked('call')).toHaveLength(1);
  });

  it('keeps an event that was sent but could not be deleted, so it is never lost', async () => {
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'));
    aws.account.failing.set('AmazonSQS.DeleteMessage', 'AccessDeniedException');
    const { code, stderr } = await ccaip('dlq', 'replay', '--endpoint', 'call');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'ccaip: call: events were sent but cannot be deleted (AccessDeniedException of the account). The next replay sends them again, which does no harm\n',
    });
    expect(aws.account.queues.bodies('ccaip-call-failed')).toHaveLength(1);
  });

  it('makes received events visible again and sends none if a queue cannot be read to its end', async () => {
    for (let minute = 10; minute < 22; minute++)
      dead('call-failed', event('call', 'acme', `2026-11-02T10:${minute}:00Z`));
    let received = 0;
    aws.account.mishap = (request) =>
      request === 'AmazonSQS.ReceiveMessage' && ++received === 2 ? 'AccessDeniedException' : undefined;
    const { code, stdout } = await ccaip('dlq', 'replay', '--endpoint', 'call', '--kind', 'failed');
    expect({ code, stdout, sent: invoked('call') }).toEqual({ code: 1, stdout: '', sent: [] });
    expect(aws.account.queues.visible('ccaip-call-failed')).toBe(12);
  });

  it('reports the endpoints that succeeded if another one fails', async () => {
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'));
    aws.account.queues.send('ccaip-chat-failed', event('chat', 'acme', '2026-11-02T10:00:00Z'));
    let urls = 0;
    // of the first endpoint, agent
    aws.account.mishap = (request) =>
      request === 'AmazonSQS.GetQueueUrl' && ++urls === 1 ? 'AccessDeniedException' : undefined;
    const { code, stdout, stderr } = await ccaip('dlq', 'replay');
    expect(code).toBe(1);
    expect(stdout).toContain('call: 1 event, 1 run started\n');
    expect(stderr).toContain('the AWS credentials lack a permission');
  });

  it('leaves messages that are not events of the endpoint and says so', async () => {
    dead('call-failed', 'not JSON');
    dead('call-failed', event('team', 'acme', '2026-11-02T10:00:00Z'));
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'));
    const { code, stderr } = await ccaip('dlq', 'replay', '--endpoint', 'call');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ccaip: call: 2 messages are not events of call. Look at them in SQS\n',
    });
    expect(invoked('call')).toHaveLength(1);
    expect(aws.account.queues.visible('ccaip-call-failed')).toBe(2);
  });

  it('leaves events that arrive during the replay, so a failing event is not sent in a loop', async () => {
    aws.account.queues.send(
      'ccaip-call-failed',
      event('call', 'acme', '2026-11-02T10:00:00Z'),
      {},
      ACCOUNT_TIME + 60_000,
    );
    expect((await ccaip('dlq', 'replay')).stdout).toBe('nothing to send, because the dead-letter queues are empty\n');
    expect(aws.account.queues.visible('ccaip-call-failed')).toBe(1);
  });

  it('replays only one kind of queue with --kind', async () => {
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'));
    dead('call-undelivered', event('call', 'acme', '2026-11-02T10:05:00Z'));
    await ccaip('dlq', 'replay', '--kind', 'undelivered');
    expect(invoked('call')).toEqual([JSON.parse(event('call', 'acme', '2026-11-02T10:05:00Z'))]);
    expect(aws.account.queues.visible('ccaip-call-failed')).toBe(1);
  });

  it('fills in the nominal time if the scheduler has not', async () => {
    const body = event('call', 'acme', '<aws.scheduler.scheduled-time>');
    dead('call-undelivered', body, { SCHEDULED_TIME: '2026-11-02T10:00:00Z' });
    await ccaip('dlq', 'replay');
    expect(invoked('call')).toEqual([JSON.parse(event('call', 'acme', '2026-11-02T10:00:00Z'))]);
  });
});

const anEvent = fc.record({
  kind: fc.constantFrom('failed', 'undelivered'),
  tenant: fc.constantFrom('acme', 'umbrella'),
  minute: fc.integer({ min: 10, max: 59 }),
  range: fc.constantFrom('none', 'january', 'february'),
});

describe('ccaip dlq replay under random failures', () => {
  it('never loses an event and in the end delivers all of them', async () => {
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEvent, { minLength: 1, maxLength: 25 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
        async (events, chances) => {
          aws.account.invocations.clear();
          for (const { kind, tenant, minute, range } of events)
            dead(`call-${kind}`, event('call', tenant, `2026-11-02T10:${minute}:00Z`, { range }));
          const left = () =>
            ['failed', 'undelivered'].flatMap((kind) => aws.account.queues.bodies(`ccaip-call-${kind}`));
          const isSafe = () => {
            const kept = new Set([...left().map((body) => wantOf(JSON.parse(body))), ...invoked('call').map(wantOf)]);
            return events.every((each) => kept.has(`${each.tenant} ${each.range}`));
          };
          // seldom before there is anything to lose
          aws.account.mishap = (request) =>
            chances.next().value < (/Invoke|Delete/.test(request) ? 30 : 3) ? 'AccessDeniedException' : undefined;
          for (let i = 0; i < 3; i++) {
            await ccaip('dlq', 'replay', '--endpoint', 'call');
            reached += invoked('call').length;
            expect(isSafe()).toBe(true);
            aws.account.queues.reappear();
          }
          aws.account.mishap = () => undefined;
          expect(await ccaip('dlq', 'replay', '--endpoint', 'call')).toMatchObject({ code: 0, stderr: '' });
          expect(left()).toEqual([]);
          expect(isSafe()).toBe(true);
        },
      ),
      { numRuns: 15, seed: 7 },
    );
    // the mishaps leave enough of it to be looked at
    expect(reached).toBeGreaterThan(50);
  });
});

/** What an event asks for, but for its nominal time. */
const wantOf = (each: Record<string, unknown>) => `${(each.tenant as { name: string }).name} ${each.range}`;

describe('ccaip dlq list', () => {
  it('says that all queues are empty', async () => {
    expect(await ccaip('dlq', 'list')).toEqual({
      code: 0,
      stdout: `all ${2 * ENDPOINTS.length} dead-letter queues are empty\n`,
      stderr: '',
    });
  });

  it('shows events and reasons and removes nothing', async () => {
    dead('call-failed', event('call', 'acme', '2026-11-02T10:00:00Z'), { ErrorMessage: 'the secret is empty' });
    const { stdout } = await ccaip('dlq', 'list');
    expect(stdout).toContain('│ call     │ failed │      1 │ acme   │ 2026-11-02T10:00:00Z │ the secret is empty │');
    expect(JSON.parse((await ccaip('dlq', 'list', '--kind', 'failed', '--endpoint', 'call', '--json')).stdout)).toEqual(
      [
        {
          endpoint: 'call',
          kind: 'failed',
          messages: 1,
          events: [{ tenant: 'acme', scheduledTime: '2026-11-02T10:00:00Z', reason: 'the secret is empty' }],
        },
      ],
    );
    expect(aws.account.queues.visible('ccaip-call-failed')).toBe(1);
  });

  it.each([
    [['--deployment', 'other'], {}, 'deployment other has no such dead-letter queue. Check --deployment'],
    [[], { AWS_REGION: '' }, 'no AWS region is known. Give --region'],
    [[], { AWS_ACCESS_KEY_ID: '' }, 'no AWS credentials were found. Sign in'],
    [['--profile', 'unknown'], {}, 'profile unknown has no AWS credentials. Check its name'],
  ])('says in one sentence what is wrong with %j %j', async (args, variables, sentence) => {
    // a process: the SDK looks into its environment for what is missing
    const command = ['dlq', 'list', '--endpoint', 'call', ...args];
    expectOneSentence(await ccaipProcess(command, { ...aws.variables, ...variables }), sentence);
  });

  it('says in one line that AWS cannot be reached', async () => {
    const { origin, close } = await holdRefusingOrigin();
    const environment = { ...aws.variables, AWS_ENDPOINT_URL_SQS: origin };
    expectOneSentence(
      await commandLine(['dlq', 'list', '--endpoint', 'call'], { environment }),
      'AWS cannot be reached',
    );
    await close();
  });

  function expectOneSentence({ code, stdout, stderr }: Outcome, sentence: string): void {
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`ccaip: ${sentence}`);
    expect(stderr.trimEnd()).not.toContain('\n');
  }
});
