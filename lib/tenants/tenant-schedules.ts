import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import { SCHEDULED_TIME } from '../configuration/resource-names.ts';
import {
  createTenantInput,
  readCadence,
  readTenantName,
  type TenantConfiguration,
} from '../configuration/tenant-configuration.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import type { ScheduleGroup } from '../ingestion/schedule-group.ts';
import { computeWindowMinutes, createScheduleExpression } from './schedule-expression.ts';

export interface TenantSchedulesProps {
  readonly tenant: TenantConfiguration;
  /** Name of the tenant's secret. */
  readonly secretName: string;
  readonly group: ScheduleGroup;
  /** Every endpoint with its function. */
  readonly ingestions: ReadonlyMap<Endpoint, EndpointIngestion>;
  /** Separator of the parts of names. */
  readonly separator: string;
}

/** The schedules of one tenant, one for each endpoint that is switched on. */
export class TenantSchedules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { tenant, secretName, group, ingestions, separator }: TenantSchedulesProps,
  ) {
    super(scope, id);
    for (const [endpoint, { arns }] of ingestions) {
      const everyMinutes = readCadence(tenant, endpoint);
      if (everyMinutes === undefined) continue;
      new CfnSchedule(this, endpoint.name, {
        name: `${readTenantName(tenant)}${separator}${endpoint.name}`,
        groupName: group.name,
        description: `${endpoint.title} of ${readTenantName(tenant)}`,
        scheduleExpression: createScheduleExpression(everyMinutes, endpoint.source.kind === 'nested'),
        flexibleTimeWindow: flexibleTimeWindow(everyMinutes),
        target: {
          arn: arns.function,
          roleArn: group.role.roleArn,
          input: inputOf(tenant, endpoint, secretName),
          deadLetterConfig: { arn: arns.undelivered },
          // an event older than a cadence is superseded by the next one
          retryPolicy: { maximumEventAgeInSeconds: everyMinutes * 60, maximumRetryAttempts: 10 },
        },
      });
    }
  }
}

function flexibleTimeWindow(everyMinutes: number): CfnSchedule.FlexibleTimeWindowProperty {
  const maximumWindowInMinutes = computeWindowMinutes(everyMinutes);
  return maximumWindowInMinutes < 1 ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes };
}

/** The event of a run. The scheduler fills in the nominal time. */
function inputOf(tenant: TenantConfiguration, endpoint: Endpoint, secretId: string): string {
  const event: IngestEvent = {
    endpoint: endpoint.name,
    tenant: createTenantInput(tenant, secretId, [endpoint]),
    scheduledTime: SCHEDULED_TIME,
  };
  return JSON.stringify(event);
}
