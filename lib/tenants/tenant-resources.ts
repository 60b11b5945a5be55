import { NestedStack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { readTenantName } from '../configuration/tenant-configuration.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { TenantAlarms } from '../monitoring/tenant-alarms.ts';
import { TenantSchedules, type TenantSchedulesProps } from './tenant-schedules.ts';

export interface TenantResourcesProps extends Omit<TenantSchedulesProps, 'separator'> {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly alerts: Alerts;
  /** True to put them into a nested stack, because a stack can have at most 500 resources. */
  readonly nested: boolean;
}

/** Schedules and alarms of one tenant. */
export class TenantResources extends Construct {
  constructor(scope: Construct, id: string, { deployment, alerts, nested, ...props }: TenantResourcesProps) {
    super(scope, id);
    const tenant = readTenantName(props.tenant);
    const place = nested ? new NestedStack(this, 'Stack', { description: `Schedules and alarms of ${tenant}` }) : this;
    // names differ between the two stacks, because a deployment creates moved resources before it deletes the old ones
    const separator = nested ? '_' : '.';
    new TenantSchedules(place, 'Schedules', { ...props, separator });
    new TenantAlarms(place, 'Alarms', { deployment, tenant, separator, alerts });
  }
}
