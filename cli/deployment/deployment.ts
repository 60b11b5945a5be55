import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { nameSecret } from '../../lib/configuration/resource-names.ts';
import { readClientSettings, type SettingsOf } from '../../local/aws/client-settings.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { describeProblem } from './problem.ts';

/** A deployment as selected on the command line. */
export interface DeploymentChoice {
  /** `ccaip.name` in `cdk.json`; the stack has the same name. */
  readonly deployment: string;
  /** @default - AWS_REGION, or the region of the profile */
  readonly region?: string;
  /** @default - AWS_PROFILE, or the SDK's usual chain */
  readonly profile?: string;
}

/** Facts from the outputs of the stack. */
export interface StackFacts {
  readonly status: string;
  readonly metricsTable: string;
  readonly stateTable: string;
  readonly tenants: readonly string[];
  /** Output `Settings`. @default - a release before 1.0.0 deployed it */
  readonly settings?: string;
}

/** The state of a stack and its outputs. */
interface StackOutputs {
  readonly status: string;
  /** @throws CommandError if the stack has no such output, with the reason if there is one */
  readonly output: (key: string, reason?: string) => string;
  /** Values by name. */
  readonly outputs: ReadonlyMap<string | undefined, string | undefined>;
}

/** A deployment in an AWS account. */
export class Deployment {
  #known: Promise<StackOutputs> | undefined;
  readonly name: string;
  readonly cloudformation: CloudFormationClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
  readonly sqs: SQSClient;
  readonly states: SFNClient;

  constructor(name: string, settingsOf: SettingsOf) {
    this.name = name;
    this.cloudformation = new CloudFormationClient(settingsOf('CLOUDFORMATION'));
    this.dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(settingsOf('DYNAMODB')));
    this.lambda = new LambdaClient(settingsOf('LAMBDA'));
    this.logs = new CloudWatchLogsClient(settingsOf('CLOUDWATCH_LOGS'));
    this.scheduler = new SchedulerClient(settingsOf('SCHEDULER'));
    this.secrets = new SecretsManagerClient(settingsOf('SECRETS_MANAGER'));
    this.sqs = new SQSClient(settingsOf('SQS'));
    this.states = new SFNClient(settingsOf('SFN'));
  }

  /** @throws CommandError if the stack exists but is not a deployment of this program */
  async facts(): Promise<StackFacts> {
    const { status, output, outputs } = await this.#stack();
    const settings = outputs.get('Settings');
    const prefix = nameSecret(this.name, '');
    return {
      status,
      metricsTable: output('MetricsTable'),
      stateTable: output('StateTable'),
      tenants: output('Secrets')
        .split(',')
        .map((secret) => secret.slice(prefix.length)),
      ...(settings !== undefined && { settings }),
    };
  }

  /**
   * Reads the ARN of the state machine that runs backfills.
   * @throws CommandError if the deployment is too old to have one
   */
  async backfillMachine(): Promise<string> {
    return (await this.#stack()).output('BackfillStateMachine');
  }

  /**
   * Reads the ARN of the state machine that runs audits.
   * @throws CommandError if the deployment has none
   */
  async auditMachine(): Promise<string> {
    const { output } = await this.#stack();
    return output('AuditStateMachine', 'The audit is switched off in cdk.json, or the deployment is too old.');
  }

  /** Reads the stack once. */
  #stack(): Promise<StackOutputs> {
    this.#known ??= this.#readStack();
    return this.#known;
  }

  async #readStack(): Promise<StackOutputs> {
    const { Stacks: stacks = [] } = await this.cloudformation.send(new DescribeStacksCommand({ StackName: this.name }));
    const outputs = new Map((stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const output = (key: string, reason = '') => {
      const value = outputs.get(key);
      if (value !== undefined) return value;
      throw new CommandError(
        `stack ${this.name} has no output ${key}. ${reason && `${reason} `}Deploy it again, or select another deployment with --deployment`,
      );
    };
    return { status: stacks[0]?.StackStatus ?? 'UNKNOWN', output, outputs };
  }

  close(): void {
    for (const client of [this.cloudformation, this.dynamodb, this.lambda, this.logs, this.scheduler]) client.destroy();
    for (const client of [this.secrets, this.sqs, this.states]) client.destroy();
  }
}

/**
 * Opens a deployment for a piece of work and closes it afterwards.
 * @throws CommandError if AWS refuses credentials, region or permissions, or if there is no such stack
 */
export async function withDeployment<T>(
  { environment }: Pick<Shell, 'environment'>,
  { deployment: name, region, profile }: DeploymentChoice,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const chosen = {
    ...environment,
    ...(profile !== undefined && { AWS_PROFILE: profile }),
    ...(region !== undefined && { AWS_REGION: region }),
  };
  const deployment = new Deployment(name, readClientSettings(chosen));
  try {
    return await work(deployment);
  } catch (error) {
    throw describeProblem(error, { deployment: name, region, profile });
  } finally {
    deployment.close();
  }
}
