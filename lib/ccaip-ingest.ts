import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENDPOINTS } from '../lambdas/catalog/index.ts';
import { Analytics } from './analytics.ts';
import { type ConfigurationInput, parseConfiguration } from './configuration.ts';
import { EndpointIngestion } from './endpoint-ingestion.ts';
import { ingestCode } from './ingest-code.ts';
import { LakeBucket } from './lake-bucket.ts';
import { MetricsTable } from './metrics-table.ts';
import { ScheduleGroup } from './schedule-group.ts';
import { StateTable } from './state-table.ts';
import { cadence, tenantName } from './tenant-configuration.ts';
import { TenantSchedules } from './tenant-schedules.ts';
import { TenantSecret } from './tenant-secret.ts';

/** With more tenants than this, each tenant's schedules get a nested stack: CloudFormation takes 500 resources a stack. */
const MOST_TENANTS_IN_ONE_STACK = 10;

export interface CcaipIngestProps extends ConfigurationInput {
  /**
   * Module that exports the functions' `handler`.
   * @default - the handler of this package
   */
  readonly entry?: string;
}

/**
 * Scheduled ingestion of CCAI Platform instances into a lake and a metrics table, ready to be queried.
 *
 * @example
 * new CcaipIngest(stack, 'Ccaip', { tenants: [{ subdomain: 'acme', domain: 'uc1.ccaiplatform.com' }] });
 */
export class CcaipIngest extends Construct {
  readonly lake: LakeBucket;
  readonly metrics: MetricsTable;
  readonly state: StateTable;
  readonly analytics: Analytics;
  /** By name of the tenant. */
  readonly secrets: ReadonlyMap<string, TenantSecret>;

  /** @throws ConfigurationError with every mistake in the properties */
  constructor(scope: Construct, id: string, { entry, ...input }: CcaipIngestProps) {
    super(scope, id);
    const { name: deployment, tenants, ...configuration } = parseConfiguration(input);
    const encryptionKey =
      configuration.encryptionKeyArn === undefined
        ? undefined
        : Key.fromKeyArn(this, 'EncryptionKey', configuration.encryptionKeyArn);
    const removalPolicy = configuration.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.lake = new LakeBucket(this, 'Lake', { ...configuration, removalPolicy, encryptionKey });
    this.metrics = new MetricsTable(this, 'Metrics', { removalPolicy, encryptionKey });
    this.state = new StateTable(this, 'State', { removalPolicy, encryptionKey });
    const credentials = tenants.map((tenant) => ({
      tenant,
      name: tenantName(tenant),
      secret: new TenantSecret(this, `Secret-${tenantName(tenant)}`, {
        deployment,
        tenant: tenantName(tenant),
        encryptionKey,
      }),
    }));
    this.secrets = new Map(credentials.map(({ name, secret }) => [name, secret]));

    const code = ingestCode(this, entry);
    const stores = { lake: this.lake.bucket, metrics: this.metrics, state: this.state, encryptionKey };
    const ingestions = new Map(
      ENDPOINTS.map((endpoint) => [
        endpoint,
        new EndpointIngestion(this, endpoint.name, {
          deployment,
          endpoint,
          code,
          stores,
          metricsTtlDays: configuration.metricsTtlDays,
          secretArns: credentials.flatMap(({ tenant, secret }) =>
            cadence(tenant, endpoint) === undefined ? [] : [secret.arn],
          ),
          logRetention: configuration.logRetentionDays,
        }),
      ]),
    );
    const group = new ScheduleGroup(this, 'Schedules', { deployment, ingestions: [...ingestions.values()] });
    for (const { tenant, name, secret } of credentials)
      new TenantSchedules(this, `Schedules-${name}`, {
        tenant,
        secretName: secret.name,
        group,
        ingestions,
        nested: tenants.length > MOST_TENANTS_IN_ONE_STACK,
      });

    this.analytics = new Analytics(this, 'Analytics', {
      deployment,
      lake: this.lake.bucket,
      tenants: [...this.secrets.keys()],
      historyStart: tenants.map(({ historyStart }) => historyStart).sort()[0] ?? '',
      scanLimitGigabytes: configuration.queryScanLimitGigabytes,
      encryptionKey,
    });
  }
}
