import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import { explainNoBackfill } from '../../lambdas/runs/backfill-slices.ts';
import { nameFunction } from '../configuration/resource-names.ts';
import { createTenantInput, readCadence, type TenantConfiguration } from '../configuration/tenant-configuration.ts';
import { ANY_INTERFACE, type EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import { grantNetwork, type Network, runIn } from '../ingestion/function-network.ts';
import { PLAN_HANDLER } from '../ingestion/handler-names.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { StateMachineAlarm } from '../monitoring/state-machine-alarm.ts';
import { justifyWildcards } from '../security/justified.ts';
import { ANY_LOG, grantObservation } from '../security/observe-permissions.ts';
import { createPlace, uploadDefinition } from '../state-machines/definition-file.ts';
import { defineBackfill } from './backfill-definition.ts';

export interface BackfillProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** The bundle of all functions. */
  readonly code: Code;
  /** Every tenant with the name of its secret. */
  readonly tenants: readonly { readonly tenant: TenantConfiguration; readonly secretName: string }[];
  /** Every endpoint with its function. */
  readonly ingestions: ReadonlyMap<Endpoint, EndpointIngestion>;
  readonly alerts: Alerts;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - no VPC
   */
  readonly network?: Network | undefined;
}

/**
 * Reads a range of a tenant's endpoint in addition to the live runs. A state machine splits the range into slices, and the
 * endpoint's own function reads them. It has no schedule. `ccaip backfill` starts it.
 */
export class Backfill extends Construct {
  readonly stateMachine: StateMachine;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { deployment, tenants, ingestions, alerts } = props;
    const name = nameFunction(deployment, 'backfill');
    const plan = this.#planFunction(name, props);
    const ranged = [...ingestions].filter(([endpoint]) => explainNoBackfill(endpoint) === undefined);
    const role = new Role(this, 'Role', {
      description: `Backfills of ${deployment}`,
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        backfill: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [plan.functionArn, ...ranged.map(([, ingestion]) => ingestion.function.functionArn)],
            }),
            ...grantObservation(),
          ],
        }),
      },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_LOG : undefined));
    const endpoints = ranged.map(([endpoint]) => endpoint);
    const functions = ranged.map(([{ name: each }, { arns }], index) => ({
      each,
      arn: arns.function,
      key: `Function${index}`,
    }));
    const definition = defineBackfill({
      planArn: createPlace('Plan'),
      functions: Object.fromEntries(functions.map(({ each, key }) => [each, createPlace(key)])),
      tenants: tenants.map(({ tenant, secretName }) => ({
        tenant: createTenantInput(tenant, secretName, endpoints),
        endpoints: endpoints.filter((each) => readCadence(tenant, each) !== undefined).map((each) => each.name),
      })),
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      ...uploadDefinition('backfill', definition, {
        Plan: plan.functionArn,
        ...Object.fromEntries(functions.map(({ key, arn }) => [key, arn])),
      }),
      role: role.withoutPolicyUpdates(),
      logs: {
        destination: this.#logGroup('Log', `/aws/vendedlogs/states/${name}`, props),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      tracingEnabled: true,
    });
    this.alarm = new StateMachineAlarm(this, 'Failed', {
      name,
      says: 'A backfill failed, so a part of its range was not read. Live ingestion is not affected.',
      runbook: 'backfill-failed',
      stateMachine: this.stateMachine,
      alerts,
    }).alarm;
  }

  /** The function that splits a range into slices. */
  #planFunction(name: string, { code, logRetention, network }: BackfillProps): LambdaFunction {
    const logGroup = this.#logGroup('PlanLog', `/aws/lambda/${name}`, { logRetention });
    const role = new Role(this, 'PlanRole', {
      description: 'Splits backfills into slices',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        plan: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            ...(network === undefined ? [] : [grantNetwork()]),
          ],
        }),
      },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : undefined));
    const plan = new LambdaFunction(this, 'Plan', {
      functionName: name,
      description: 'Splits backfills into slices',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code,
      handler: PLAN_HANDLER,
      memorySize: 256,
      timeout: Duration.seconds(30),
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
    if (network !== undefined) runIn(network, plan);
    return plan;
  }

  #logGroup(id: string, logGroupName: string, { logRetention }: Pick<BackfillProps, 'logRetention'>): LogGroup {
    return new LogGroup(this, id, { logGroupName, retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
  }
}
