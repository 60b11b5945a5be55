import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../../../lambdas/aws/aws-clients.ts';
import { s3Over } from '../../support/s3-over.ts';
import type { Faults } from '../chaos-faults.ts';
import type { Process } from '../chaos-process.ts';
import type { Random } from '../chaos-random.ts';
import type { FakeDynamoDb, StatementFault, Write } from './fake-dynamodb.ts';
import type { FakeS3, ObjectWrite } from './fake-s3.ts';

/** AWS as all functions of a world share it. */
export interface Aws {
  readonly dynamodb: FakeDynamoDb;
  readonly s3: FakeS3;
  /** Text of a secret. */
  readonly secret: (id: string) => string;
  /** Called at every write, before anybody sees it. */
  readonly watch: {
    item(write: Write, by: Process): void;
    object(write: ObjectWrite, by: Process): void;
  };
}

/** An error as the SDK throws it when its own retries are used up. */
export class AwsFault extends Error {
  readonly $fault = 'server';
  readonly $metadata = { httpStatusCode: 503 };

  constructor(name: string) {
    super(`${name} (injected)`);
    this.name = name;
  }
}

interface Service {
  readonly name: string;
  /** Usual latency in milliseconds, there and back. */
  readonly latency: number;
  readonly errors: readonly [string, ...string[]];
}

const DYNAMODB = {
  name: 'dynamodb',
  latency: 8,
  errors: ['ProvisionedThroughputExceededException', 'InternalServerError', 'TimeoutError'],
} as const;
/** Errors of a single statement that pass. */
const STATEMENT_ERRORS = [
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'RequestLimitExceeded',
  'TransactionConflict',
  'InternalServerError',
] as const;
const S3 = { name: 's3', latency: 40, errors: ['SlowDown', 'InternalError', 'TimeoutError'] } as const;
const SECRETS = { name: 'secrets', latency: 20, errors: ['InternalServiceError', 'ThrottlingException'] } as const;

/** Longest time after which a request is done whose answer was an error, milliseconds. */
export const MAX_LATE = 200_000;

/** The AWS clients of one function: every `send` takes time, and some go wrong. */
export function awsClients(process: Process, aws: Aws, faults: Faults, random: Random): AwsClients {
  const send = <Answer>(service: Service, label: string, act: () => Answer): Promise<Answer> => {
    const fault = faults.aws();
    const slow = fault === 'slow' ? random.skewed(100, 4_000) : 0;
    const there = random.int(1, service.latency) + (random.chance(0.5) ? slow : 0);
    const back = random.int(1, service.latency) + slow;
    const failing = (work: () => unknown) => () => {
      work();
      throw new AwsFault(random.pick(service.errors));
    };
    const call = { label: `${service.name} ${label}`, there, back };
    switch (fault) {
      case 'refused':
        return process.call({ ...call, act: failing(() => undefined) });
      case 'doneWithError':
        return process.call({ ...call, act: failing(act) });
      case 'doneLater':
        process
          .call({ ...call, label: `${call.label} (late)`, there: random.skewed(50, MAX_LATE), act })
          .catch(() => undefined);
        return process.call({ ...call, act: failing(() => undefined) });
      case 'repeated':
        return process.call({
          ...call,
          act: () => {
            act();
            return act();
          },
        });
      default:
        return process.call({ ...call, act });
    }
  };
  const statementFault = (): StatementFault | undefined => {
    const fault = faults.statement();
    return fault === null ? undefined : { code: random.pick(STATEMENT_ERRORS), isDone: fault === 'doneWithError' };
  };
  const clients = {
    dynamodb: {
      send: (command: object) =>
        send(DYNAMODB, labelOf(command), () =>
          aws.dynamodb.execute(command, (write) => aws.watch.item(write, process), statementFault),
        ),
    },
    s3: s3Over({
      send: (command: object) =>
        send(S3, labelOf(command), () => aws.s3.execute(command, (write) => aws.watch.object(write, process))),
    }),
    secrets: {
      send: (command: object) =>
        send(SECRETS, 'get', () => {
          if (!(command instanceof GetSecretValueCommand)) throw new Error('the fake Secrets Manager only gets values');
          return { SecretString: aws.secret(command.input.SecretId ?? '') };
        }),
    },
  };
  // test doubles: the stores only ever call send
  return clients as unknown as AwsClients;
}

/** What the command is about, for traces. */
function labelOf(command: object): string {
  const input: unknown = Reflect.get(command, 'input');
  const { Key: key, Item: item, UpdateExpression: change, Statements: batch }: Record<string, unknown> = Object(input);
  const name = command.constructor.name.replace(/Command$/, '');
  const { pk, sk, call_key: callKey }: Record<string, unknown> = Object(item ?? key);
  const place = typeof key === 'string' ? key : [pk, sk, callKey].filter((part) => part !== undefined).join(' ');
  const what = typeof change === 'string' ? ` ${change.slice(0, 40)}` : '';
  return `${name} ${place}${what}${Array.isArray(batch) ? `of ${batch.length}` : ''}`;
}
