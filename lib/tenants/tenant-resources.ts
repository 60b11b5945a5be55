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
  /** True to put them into a stack of their own: a stack holds 500 resources at most. */
  readonly nested: boolean;
}

/** What a deployment has for each tenant beside its secret: schedules and alarms. */
export class TenantResources extends Construct {
  constructor(scope: Construct, id: string, { deployment, alerts, nested, ...props }: TenantResourcesProps) {
    super(scope, id);
    const tenant = readTenantName(props.tenant);
    const place = nested ? new NestedStack(this, 'Stack', { description: `Schedules and alarms of ${tenant}` }) : this;
    // names differ between the two places: a deployment that moves them creates the new ones before it deletes the old
    const separator = nested ? '_' : '.';
    new TenantSchedules(place, 'Schedules', { ...props, separator });
    new TenantAlarms(place, 'Alarms', { deployment, tenant, separator, alerts });
  }
}
