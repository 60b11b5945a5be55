import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { justifyWildcards } from '../security/justified.ts';
import { ANY_INTERFACE } from './endpoint-ingestion.ts';
import { grantNetwork, type Network, runIn } from './function-network.ts';

/** What every function of a deployment is given. */
export interface FunctionSetting {
  /** The bundle of all functions. */
  readonly code: Code;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - no VPC
   */
  readonly network?: Network | undefined;
}

export interface SingleFunctionProps extends FunctionSetting {
  /** Ids of its constructs. @default - Log, Role, Function */
  readonly ids?: { readonly log: string; readonly role: string; readonly function: string };
  /** Name of the function. */
  readonly name: string;
  readonly description: string;
  /** What its role is for. */
  readonly roleDescription: string;
  /** Name of the role's policy. */
  readonly policy: string;
  /** Permissions, beside those to write logs and to use the network. */
  readonly statements?: readonly PolicyStatement[];
  /** Why resources have wildcards. @default - none has */
  readonly wildcards?: string;
  readonly handler: string;
  /** Megabytes. */
  readonly memory: number;
  readonly timeout: Duration;
  readonly environment?: Record<string, string>;
  /** Attempts after an asynchronous one that failed. @default - that of Lambda */
  readonly retryAttempts?: number;
}

const IDS = { log: 'Log', role: 'Role', function: 'Function' };

/** Creates a function without queues, of which a deployment has one, with its role and log. */
export function createSingleFunction(
  scope: Construct,
  { ids = IDS, name, statements = [], network, ...props }: SingleFunctionProps,
): { readonly function: LambdaFunction; readonly log: LogGroup } {
  const log = new LogGroup(scope, ids.log, {
    logGroupName: `/aws/lambda/${name}`,
    retention: props.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, ids.role, {
    description: props.roleDescription,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      [props.policy]: new PolicyDocument({
        statements: [
          ...statements,
          new PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [log.logGroupArn],
          }),
          ...(network === undefined ? [] : [grantNetwork()]),
        ],
      }),
    },
  });
  justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : props.wildcards));
  const created = new LambdaFunction(scope, ids.function, {
    functionName: name,
    description: props.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: props.code,
    handler: props.handler,
    memorySize: props.memory,
    timeout: props.timeout,
    ...(props.environment !== undefined && { environment: props.environment }),
    role: role.withoutPolicyUpdates(),
    logGroup: log,
    loggingFormat: LoggingFormat.JSON,
    ...(props.retryAttempts !== undefined && { retryAttempts: props.retryAttempts }),
  });
  if (network !== undefined) runIn(network, created);
  return { function: created, log };
}
