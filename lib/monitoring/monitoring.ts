import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { readTenantName, type TenantConfiguration } from '../configuration/tenant-configuration.ts';
import { Dashboard, type DashboardProps } from './dashboard.ts';
import { Watch, type WatchProps } from './watch-function.ts';

export interface MonitoringProps
  extends Omit<DashboardProps, 'alarms' | 'tenants' | 'watchLog'>,
    Omit<WatchProps, 'tenants'> {
  readonly tenants: readonly TenantConfiguration[];
  /** Alarms of the parts that do not belong to an endpoint. */
  readonly others: readonly Alarm[];
  /** Separator of the parts in the names of tenants' alarms. */
  readonly separator: string;
}

/** Monitoring of a deployment: a watch with its alarms for what needs action, and a dashboard for everything else. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { tenants, others, separator, ...props }: MonitoringProps) {
    super(scope, id);
    const { deployment } = props;
    const watch = new Watch(this, 'Watch', { ...props, tenants });
    const names = tenants.map(readTenantName);
    const behind = names.map((tenant) =>
      // the alarms of tenants can be in nested stacks
      Alarm.fromAlarmName(this, `Behind-${tenant}`, [deployment, tenant, 'behind'].join(separator)),
    );
    new Dashboard(this, 'Dashboard', {
      ...props,
      watchLog: watch.log,
      alarms: [...watch.alarms, ...others, ...behind],
      tenants: tenants.map((tenant) => ({ name: readTenantName(tenant), requestsPerSecond: tenant.requestsPerSecond })),
    });
  }
}
