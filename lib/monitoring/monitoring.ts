import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import { readCadence, readTenantName, type TenantConfiguration } from '../configuration/tenant-configuration.ts';
import type { ScheduleGroup } from '../ingestion/schedule-group.ts';
import type { Alerts } from './alerts.ts';
import { Dashboard, type DashboardProps } from './dashboard.ts';
import { EndpointAlarms } from './endpoint-alarms.ts';
import { SilenceAlarm } from './silence-alarm.ts';

const DAY_MINUTES = 1440;

export interface MonitoringProps extends Omit<DashboardProps, 'alarms' | 'tenants'> {
  readonly alerts: Alerts;
  readonly group: ScheduleGroup;
  readonly tenants: readonly TenantConfiguration[];
  /** Alarms of the parts that do not belong to an endpoint. */
  readonly others: readonly Alarm[];
}

/** Monitoring of a deployment: alarms for what needs action, and a dashboard for everything else. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { alerts, group, tenants, others, ...props }: MonitoringProps) {
    super(scope, id);
    const { deployment, ingestions } = props;
    const cadences = (endpoint: Endpoint) => tenants.flatMap((tenant) => readCadence(tenant, endpoint) ?? []);
    const { alarm: silence } = new SilenceAlarm(this, 'Silence', {
      deployment,
      group,
      alerts,
      everyMinutes: Math.min(DAY_MINUTES, ...[...ingestions.keys()].flatMap(cadences)),
    });
    const alarms = [...ingestions].flatMap(([endpoint, ingestion]) => {
      const minutes = cadences(endpoint);
      if (minutes.length === 0) return [];
      const everyMinutes = Math.max(...minutes);
      return new EndpointAlarms(this, endpoint.name, { deployment, endpoint, ingestion, alerts, everyMinutes }).all;
    });
    new Dashboard(this, 'Dashboard', {
      ...props,
      alarms: [silence, ...others, ...alarms],
      tenants: tenants.map((tenant) => ({ name: readTenantName(tenant), requestsPerSecond: tenant.requestsPerSecond })),
    });
  }
}
