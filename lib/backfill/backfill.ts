import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import { explainNoBackfill } from '../../lambdas/runs/backfill-slices.ts';
import { nameFunction } from '../configuration/resource-names.ts';
import { createTenantInput, readCadence, type TenantConfiguration } from '../configuration/tenant-configuration.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import { PLAN_HANDLER } from '../ingestion/handler-names.ts';
import { createSingleFunction, type FunctionSetting } from '../ingestion/single-function.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { StateMachineAlarm } from '../monitoring/state-machine-alarm.ts';
import { ANY_LOG } from '../security/observe-permissions.ts';
import { createPlace } from '../state-machines/definition-file.ts';
import { createStateMachine } from '../state-machines/logged-state-machine.ts';
import { defineBackfill } from './backfill-definition.ts';

export interface BackfillProps extends FunctionSetting {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Every tenant with the name of its secret. */
  readonly tenants: readonly { readonly tenant: TenantConfiguration; readonly secretName: string }[];
  /** Every endpoint with its function. */
  readonly ingestions: ReadonlyMap<Endpoint, EndpointIngestion>;
  readonly alerts: Alerts;
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
    this.stateMachine = createStateMachine(this, {
      name,
      roleDescription: `Backfills of ${deployment}`,
      part: 'backfill',
      statements: [
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [plan.functionArn, ...ranged.map(([, ingestion]) => ingestion.function.functionArn)],
        }),
      ],
      explainWildcard: (resource) => (resource === '*' ? ANY_LOG : undefined),
      definition,
      places: { Plan: plan.functionArn, ...Object.fromEntries(functions.map(({ key, arn }) => [key, arn])) },
      logRetention: props.logRetention,
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
  #planFunction(name: string, props: BackfillProps): LambdaFunction {
    return createSingleFunction(this, {
      ...props,
      ids: { log: 'PlanLog', role: 'PlanRole', function: 'Plan' },
      name,
      description: 'Splits backfills into slices',
      roleDescription: 'Splits backfills into slices',
      policy: 'plan',
      handler: PLAN_HANDLER,
      memory: 256,
      timeout: Duration.seconds(30),
    }).function;
  }
}
