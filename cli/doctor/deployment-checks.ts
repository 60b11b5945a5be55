import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import pMap from 'p-map';
import { ENDPOINTS } from '../../catalog/index.ts';
import { IngestError } from '../../lambdas/common/errors.ts';
import { SecretCredential } from '../../lambdas/platform/secret-credential.ts';
import { listNames } from '../../lib/configuration/nearest-name.ts';
import { nameFunction, nameQueue, nameSecret, QUEUE_KINDS } from '../../lib/configuration/resource-names.ts';
import { peekQueues } from '../deployment/dead-letter-queues.ts';
import type { Deployment, StackFacts } from '../deployment/deployment.ts';
import { readDeploymentStatus } from '../deployment/deployment-status.ts';
import { describeProblem } from '../deployment/problem.ts';
import { CommandError } from '../terminal/failure.ts';
import { type Finding, reportOk, reportWarning, reportWrong, splitAdvice } from './finding.ts';
import { examineRuns } from './run-checks.ts';
import { compareSettings, type WrittenSettings } from './settings-checks.ts';

const SIDE_BY_SIDE = { concurrency: 6 };

/**
 * Checks a deployment: stack, settings, secrets, tables, functions, dead-letter queues and the last runs of every tenant.
 * @param settings of the next deployment. @default - they are not compared
 */
export async function examineDeployment(
  deployment: Deployment,
  now: number,
  settings?: WrittenSettings,
): Promise<Finding[]> {
  const facts = await deployment.facts().catch((error: unknown) => {
    const problem = describeProblem(error, { deployment: deployment.name, region: undefined, profile: undefined });
    if (problem instanceof CommandError) return problem;
    throw error;
  });
  if (facts instanceof CommandError) {
    const { found, todo } = splitAdvice(facts.message);
    return [reportWrong(`stack ${deployment.name}`, found, todo)];
  }
  const findings = [
    stackOf(deployment, facts),
    ...(settings === undefined ? [] : compareSettings(deployment.name, facts, settings)),
  ];
  for (const { subject, things, examine } of examinations(deployment, facts, now))
    findings.push(
      ...(await pMap(things, (thing) => guarded(`${subject} ${thing}`, () => examine(thing)), SIDE_BY_SIDE)).flat(),
    );
  return findings;
}

/** Things of one kind, each checked separately. */
interface Examination {
  readonly subject: string;
  readonly things: readonly string[];
  readonly examine: (thing: string) => Promise<readonly Finding[]>;
}

function examinations(deployment: Deployment, { tenants, ...facts }: StackFacts, now: number): Examination[] {
  const endpoints = ENDPOINTS.map(({ name }) => name);
  return [
    { subject: 'secret of', things: tenants, examine: async (tenant) => [await secretOf(deployment, tenant)] },
    {
      subject: 'table',
      things: [facts.metricsTable, facts.stateTable],
      examine: async (table) => [await tableOf(deployment, table)],
    },
    {
      subject: 'function of',
      things: endpoints,
      examine: async (endpoint) => [await functionOf(deployment, endpoint)],
    },
    { subject: 'queues of', things: endpoints, examine: async (endpoint) => [await queuesOf(deployment, endpoint)] },
    {
      subject: 'runs of',
      things: ['every endpoint'],
      examine: async () =>
        examineRuns(deployment, await readDeploymentStatus(deployment, { now, endpoints: ENDPOINTS, runs: 0 }), now),
    },
  ];
}

/** Turns denied access or a missing resource into a finding, so that the other checks still run. */
async function guarded(subject: string, examine: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await examine();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name.startsWith('AccessDenied'))
      return [
        reportWarning(subject, 'cannot be read with these credentials', 'use credentials with permission to read it'),
      ];
    if (/ResourceNotFound|QueueDoesNotExist|NonExistentQueue/.test(error.name))
      return [reportWrong(subject, 'does not exist', 'deploy again with npx cdk deploy')];
    throw error;
  }
}

function stackOf({ name }: Deployment, { status, tenants }: StackFacts): Finding {
  const found = `${status}, ${tenants.length === 1 ? 'one tenant' : `${tenants.length} tenants`}: ${listNames(tenants, 'ccaip status --deployment lists all')}`;
  if (/ROLLBACK|FAILED/.test(status))
    return reportWrong(
      `stack ${name}`,
      found,
      "read the reason in the stack's events in CloudFormation, then deploy again",
    );
  if (status.endsWith('IN_PROGRESS'))
    return reportWarning(`stack ${name}`, found, 'wait until the deployment has ended');
  return reportOk(`stack ${name}`, found);
}

async function secretOf({ name, secrets }: Deployment, tenant: string): Promise<Finding> {
  const secret = nameSecret(name, tenant);
  try {
    await new SecretCredential(secrets, secret).get(false);
    return reportOk(`secret of ${tenant}`, 'has user name and password');
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    const { found } = splitAdvice(error.message);
    return reportWrong(
      `secret of ${tenant}`,
      found.replace(`secret ${secret} `, ''),
      `run npx ccaip secret set --tenant ${tenant} --deployment ${name}`,
    );
  }
}

async function tableOf({ dynamodb }: Deployment, table: string): Promise<Finding> {
  const { Table: description } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const status = description?.TableStatus ?? 'UNKNOWN';
  return status === 'ACTIVE' || status === 'UPDATING'
    ? reportOk(`table ${table}`, status)
    : reportWrong(
        `table ${table}`,
        status,
        'look at it in DynamoDB. The usual reason is a KMS key that cannot be used',
      );
}

async function functionOf({ name: deployment, lambda }: Deployment, endpoint: string): Promise<Finding> {
  const name = nameFunction(deployment, endpoint);
  const {
    State: state,
    LastUpdateStatus: update,
    StateReason: reason,
  } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  // Lambda makes functions inactive that were not invoked for long. The next invocation activates them
  if ((state === 'Active' || state === 'Inactive') && update !== 'Failed')
    return reportOk(`function of ${endpoint}`, state);
  return reportWrong(
    `function of ${endpoint}`,
    `${state}, last update ${update}${reason === undefined ? '' : `: ${reason}`}`,
    'deploy again with npx cdk deploy',
  );
}

async function queuesOf(deployment: Deployment, endpoint: string): Promise<Finding> {
  const contents = await pMap(QUEUE_KINDS, (kind) => peekQueues(deployment, endpoint, kind));
  const full = contents.filter(({ messages }) => messages > 0);
  if (full.length === 0) return reportOk(`queues of ${endpoint}`, 'empty');
  const found = full.map(({ kind, messages, events }) => {
    const reason = events.find((event) => event.reason !== '')?.reason;
    return `${messages} in ${nameQueue(deployment.name, endpoint, kind)}${reason === undefined ? '' : ` (${reason})`}`;
  });
  return reportWrong(
    `queues of ${endpoint}`,
    found.join(', '),
    `fix the cause, then run npx ccaip dlq replay --endpoint ${endpoint} --deployment ${deployment.name}`,
  );
}
