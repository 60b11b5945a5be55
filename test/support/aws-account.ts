import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { ENDPOINTS } from '../../catalog/index.ts';
import { Executions } from './aws-executions.ts';
import { Queues } from './aws-queues.ts';
import { close, listen, type Row } from './fake-platform.ts';

interface Reply {
  readonly code: number;
  readonly body: string;
  readonly type?: string;
}

const json = (body: unknown, code = 200): Reply => ({ code, body: JSON.stringify(body) });
const failure = (name: string, code = 400, message = `${name} of the account`): Reply =>
  json({ __type: name, message, Message: message }, code);

/** When everything happens in the account, milliseconds since the epoch. */
export const ACCOUNT_TIME = Date.parse('2026-03-02T12:00:00.000Z');

/** An AWS account with a deployment in it, reduced to what the command line asks; it speaks the wire formats of AWS. */
export class AwsAccount {
  readonly queues: Queues = new Queues(() => this.origin, ACCOUNT_TIME);
  readonly executions = new Executions('ccaip-backfill');
  readonly audits = new Executions('ccaip-audit');
  /** Output values of the stack by key; without any there is no stack. */
  readonly outputs = new Map<string, string>();
  stackStatus = 'UPDATE_COMPLETE';
  /** Values of secrets by name; null is a secret without a value. */
  readonly secrets = new Map<string, string | null>();
  /** Events by function, in the order in which they came. */
  readonly invocations = new Map<string, Row[]>();
  readonly #invoked = new EventEmitter();
  /** Answers of functions to synchronous calls, by name. @default - there are no such calls */
  readonly answers = new Map<string, unknown>();
  /** Functions that refuse events, by name, with the error they answer. */
  readonly refusing = new Map<string, string>();
  /** State of functions by name. */
  readonly functions = new Map<string, { State: string; LastUpdateStatus: string }>();
  /** Schedules by name. */
  readonly schedules = new Map<string, { ScheduleExpression: string; State: string; CreationDate: number }>();
  /** Log lines by log group. */
  readonly logs = new Map<string, string[]>();
  /** Errors by `service.Operation`, answered instead. */
  readonly failing = new Map<string, string>();
  /** Decides for each request whether it fails, and how. */
  mishap: (request: string) => string | undefined = () => undefined;
  /** Every request as `service.Operation`. */
  readonly requests: string[] = [];
  origin = '';

  /** Puts a deployment into the account as the stack would create it. */
  deploy(name: string, tenants: readonly string[], outputs: Readonly<Record<string, string>> = {}): void {
    for (const [key, value] of Object.entries({
      MetricsTable: 'metrics',
      StateTable: 'state',
      BackfillStateMachine: this.executions.arn,
      AuditStateMachine: this.audits.arn,
      Secrets: tenants.map((tenant) => `${name}/${tenant}`).join(','),
      ...outputs,
    }))
      this.outputs.set(key, value);
    for (const tenant of tenants) this.secrets.set(`${name}/${tenant}`, null);
    for (const { name: endpoint, everyMinutes } of ENDPOINTS) {
      this.functions.set(`${name}-${endpoint}`, { State: 'Active', LastUpdateStatus: 'Successful' });
      for (const kind of ['failed', 'undelivered']) this.queues.create(`${name}-${endpoint}-${kind}`);
      for (const tenant of tenants)
        this.schedules.set(`${tenant}.${endpoint}`, {
          ScheduleExpression: `rate(${everyMinutes} minutes)`,
          State: 'ENABLED',
          CreationDate: 0,
        });
    }
  }

  reply(request: IncomingMessage, body: string): Reply {
    const { service, operation, input } = callOf(request, body);
    this.requests.push(`${service}.${operation}`);
    const error = this.failing.get(`${service}.${operation}`) ?? this.mishap(`${service}.${operation}`);
    if (error !== undefined) return failure(error);
    switch (service) {
      case 'AmazonSQS': {
        const answer = this.queues.answer(operation, input);
        return answer === undefined ? failure('com.amazonaws.sqs#QueueDoesNotExist') : json(answer);
      }
      case 'AWSStepFunctions': {
        const isAudit = [input.stateMachineArn, input.executionArn].some((arn) => String(arn).includes(':ccaip-audit'));
        const answer = (isAudit ? this.audits : this.executions).answer(operation, input);
        return typeof answer === 'string' ? failure(answer) : json(answer);
      }
      case 'secretsmanager':
        return this.#secret(operation, String(input.SecretId), input);
      case 'cloudformation':
        return this.#stack(String(input.StackName));
      case 'lambda':
        return this.#function(operation, String(input.name), input);
      case 'scheduler': {
        const schedule = this.schedules.get(String(input.name));
        return schedule === undefined
          ? failure('ResourceNotFoundException', 404)
          : json({ Name: input.name, ...schedule });
      }
      case 'Logs_20140328': {
        const lines = this.logs.get(String(input.logGroupName)) ?? [];
        return json({ events: lines.map((message, i) => ({ eventId: String(i), message, timestamp: i })) });
      }
      default:
        throw new Error(`the account does not know ${service}.${operation}`);
    }
  }

  /** An event of a function, as soon as it came. @param index from 0 */
  async invoked(name: string, index = 0): Promise<unknown> {
    for (;;) {
      const event = this.invocations.get(name)?.[index];
      if (event !== undefined) return event;
      await once(this.#invoked, name);
    }
  }

  #secret(operation: string, name: string, input: Row): Reply {
    const value = this.secrets.get(name);
    if (value === undefined) return failure('ResourceNotFoundException');
    if (operation === 'DescribeSecret') return json({ Name: name });
    if (operation === 'PutSecretValue') {
      this.secrets.set(name, String(input.SecretString));
      return json({ Name: name, VersionId: 'version-1' });
    }
    // what Secrets Manager says of a secret that was never given a value
    return value === null ? failure('ResourceNotFoundException') : json({ Name: name, SecretString: value });
  }

  #stack(name: string): Reply {
    if (this.outputs.size === 0)
      return {
        code: 400,
        type: 'text/xml',
        body: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
      };
    const outputs = [...this.outputs].map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return {
      code: 200,
      type: 'text/xml',
      body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackStatus>${this.stackStatus}</StackStatus><Outputs>${outputs.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    };
  }

  #function(operation: string, name: string, { event, waits }: Row): Reply {
    const state = this.functions.get(name);
    if (state === undefined) return failure('ResourceNotFoundException', 404, `Function not found: ${name}`);
    if (operation === 'GetFunctionConfiguration') return json({ FunctionName: name, ...state });
    const refusal = this.refusing.get(name);
    if (refusal !== undefined) return failure(refusal);
    this.invocations.set(name, [...(this.invocations.get(name) ?? []), event as Row]);
    this.#invoked.emit(name, event);
    if (waits !== true) return { code: 202, body: '' };
    const answer = this.answers.get(name);
    if (answer === undefined) throw new Error(`${name} has no answer for who waits`);
    return json(answer);
  }
}

/** What a request asks for: AWS has a wire format for every age of its services. */
function callOf(request: IncomingMessage, body: string): { service: string; operation: string; input: Row } {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    return { service, operation, input: JSON.parse(body) };
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, , , name = '', action = ''] = url.pathname.split('/');
  if (action === 'invocations') {
    const waits = request.headers['x-amz-invocation-type'] !== 'Event';
    return { service: 'lambda', operation: 'Invoke', input: { name, waits, event: JSON.parse(body) } };
  }
  if (action === 'configuration') return { service: 'lambda', operation: 'GetFunctionConfiguration', input: { name } };
  if (url.pathname.startsWith('/schedules/'))
    return {
      service: 'scheduler',
      operation: 'GetSchedule',
      input: { name: decodeURIComponent(url.pathname.slice(11)) },
    };
  const form = new URLSearchParams(body);
  return { service: 'cloudformation', operation: form.get('Action') ?? '', input: Object.fromEntries(form) };
}

/** Starts an account; `variables` lead the AWS SDK to it. */
export async function startAwsAccount() {
  const account = new AwsAccount();
  const server = createServer(async (request, response) => {
    const { code, body, type = 'application/x-amz-json-1.0' } = account.reply(request, await text(request));
    response.writeHead(code, { 'content-type': type, 'x-amzn-requestid': randomUUID() }).end(body);
  });
  // a client that pauses, on a busy machine, does not find its connection gone
  server.keepAliveTimeout = 120_000;
  account.origin = await listen(server);
  const services = ['SQS', 'LAMBDA', 'CLOUDFORMATION', 'SECRETS_MANAGER', 'SCHEDULER', 'CLOUDWATCH_LOGS', 'SFN'];
  const variables: Record<string, string> = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_CONFIG_FILE: '/nowhere/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '2',
    ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, account.origin])),
  };
  return { account, variables, close: () => close(server) };
}
