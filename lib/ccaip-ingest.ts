import { Annotations, CfnMapping, RemovalPolicy, Tags } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { bundleIngestCode } from '#function-code';
import { ENDPOINTS } from '../catalog/index.ts';
import { Analytics } from './analytics/analytics.ts';
import { Audit } from './audit/audit.ts';
import { Backfill } from './backfill/backfill.ts';
import { type Configuration, type ConfigurationInput, parseConfiguration } from './configuration/configuration.ts';
import type { DeployedSettings } from './configuration/deployed-settings.ts';
import { listTenantHosts, readCadence, readTenantName } from './configuration/tenant-configuration.ts';
import { Curation } from './curation/curation.ts';
import { DailyQueueTotals } from './examples/daily-queue-totals.ts';
import { EndpointIngestion } from './ingestion/endpoint-ingestion.ts';
import { ScheduleGroup } from './ingestion/schedule-group.ts';
import { Alerts } from './monitoring/alerts.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Replay } from './replay/replay-function.ts';
import { LakeBucket } from './storage/lake-bucket.ts';
import { MetricsTable } from './storage/metrics-table-resource.ts';
import { StateTable } from './storage/state-table.ts';
import type { AnyTable } from './storage/store-types.ts';
import { TenantResources } from './tenants/tenant-resources.ts';
import { TenantSecret } from './tenants/tenant-secret.ts';
import { TenantView } from './tenants/tenant-view.ts';

/** With more schedules than this, each tenant gets a nested stack, because a stack can have only 500 resources. */
export const MAX_SCHEDULES_IN_ONE_STACK = 75;

export interface CcaipIngestProps extends ConfigurationInput {
  /**
   * Module that exports the functions' `handler`.
   * @default - the handler of this package
   */
  readonly entry?: string;
}

/**
 * Scheduled ingestion of CCAI Platform instances into a lake and a metrics table, ready to query.
 *
 * @example
 * new CcaipIngest(stack, 'Ccaip', { tenants: [{ subdomain: 'acme', domain: 'uc1.ccaiplatform.com' }] });
 */
export class CcaipIngest extends Construct {
  readonly lake: LakeBucket;
  /** The table with the metrics of every call. */
  readonly metrics: AnyTable;
  /** The table with ledger, cursors and leases. */
  readonly state: AnyTable;
  /** Recomputes segments and metrics on request. */
  readonly replay: Replay;
  /** Reads a time range on request. */
  readonly backfill: Backfill;
  readonly analytics: Analytics;
  /** Compares the lake with the platforms. @default - not deployed */
  readonly audit: Audit | undefined;
  /** @default - not deployed */
  readonly dailyQueueTotals: DailyQueueTotals | undefined;
  /** Where alarms are sent. */
  readonly alerts: Alerts;
  /** Settings whose change loses or hides data. `ccaip doctor` compares them with those of the next deployment. */
  readonly settings: DeployedSettings;
  /** Secrets by name of the tenant. */
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

    this.settings = {
      names: configuration.names,
      ...(configuration.encryptionKeyArn !== undefined && { encryptionKeyArn: configuration.encryptionKeyArn }),
    };
    const stored = { removalPolicy, encryptionKey };
    const { lakeBucket, metricsTable, stateTable } = configuration.names;
    const isAdopted = (name: keyof Configuration['names']) => configuration.adopt.includes(name);
    this.lake = new LakeBucket(this, 'Lake', {
      ...configuration,
      ...stored,
      name: lakeBucket,
      isAdopted: isAdopted('lakeBucket'),
    });
    this.metrics =
      metricsTable !== undefined && isAdopted('metricsTable')
        ? Table.fromTableName(this, 'Metrics', metricsTable)
        : new MetricsTable(this, 'Metrics', { ...stored, name: metricsTable });
    this.state =
      stateTable !== undefined && isAdopted('stateTable')
        ? Table.fromTableName(this, 'State', stateTable)
        : new StateTable(this, 'State', { ...stored, name: stateTable });
    this.alerts = new Alerts(this, 'Alerts', {
      deployment,
      runbookUrl: configuration.runbookUrl,
      email: configuration.alarmEmail,
    });
    const credentials = tenants.map((tenant) => ({
      tenant,
      name: readTenantName(tenant),
      secret: new TenantSecret(this, `Secret-${readTenantName(tenant)}`, {
        deployment,
        tenant: readTenantName(tenant),
        encryptionKey,
      }),
    }));
    this.secrets = new Map(credentials.map(({ name, secret }) => [name, secret]));

    const code = bundleIngestCode(this, entry);
    const stores = { lake: this.lake.bucket, metrics: this.metrics, state: this.state, encryptionKey };
    // once in the template: for many tenants, one copy for each function would exceed the limit of its size
    const tenantHosts = new CfnMapping(this, 'TenantHosts', {
      mapping: { all: { hosts: listTenantHosts(tenants) } },
      lazy: false,
    }).findInMap('all', 'hosts');
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
            readCadence(tenant, endpoint) === undefined ? [] : [secret.arn],
          ),
          tenantHosts,
          logRetention: configuration.logRetentionDays,
          network: configuration.vpc,
          reservedConcurrency: configuration.reservedConcurrency,
        }),
      ]),
    );
    this.replay = new Replay(this, 'Replay', {
      deployment,
      code,
      stores,
      alerts: this.alerts,
      metricsTtlDays: configuration.metricsTtlDays,
      logRetention: configuration.logRetentionDays,
      network: configuration.vpc,
    });
    this.backfill = new Backfill(this, 'Backfill', {
      deployment,
      code,
      tenants: credentials.map(({ tenant, secret }) => ({ tenant, secretName: secret.name })),
      ingestions,
      alerts: this.alerts,
      logRetention: configuration.logRetentionDays,
      network: configuration.vpc,
    });
    const group = new ScheduleGroup(this, 'Schedules', { deployment, ingestions: [...ingestions.values()] });
    const nested = tenants.length * ENDPOINTS.length > MAX_SCHEDULES_IN_ONE_STACK;
    for (const { tenant, name, secret } of credentials)
      new TenantResources(this, `Tenant-${name}`, {
        deployment,
        tenant,
        secretName: secret.name,
        group,
        ingestions,
        alerts: this.alerts,
        nested,
      });

    this.analytics = new Analytics(this, 'Analytics', {
      deployment,
      lake: this.lake.bucket,
      tenants: [...this.secrets.keys()],
      historyStart: tenants.map(({ historyStart }) => historyStart).sort()[0] ?? '',
      scanLimitGigabytes: configuration.queryScanLimitGigabytes,
      encryptionKey,
    });
    const curation = configuration.curation
      ? new Curation(this, 'Curation', {
          deployment,
          code,
          stores,
          database: this.analytics.database,
          tenants: [...this.secrets.keys()],
          alerts: this.alerts,
          logRetention: configuration.logRetentionDays,
          network: configuration.vpc,
        })
      : undefined;
    curation?.node.addDependency(this.analytics);
    this.audit = configuration.audit.enabled
      ? new Audit(this, 'Audit', {
          ...configuration.audit,
          deployment,
          code,
          stores,
          database: this.analytics.database,
          tenants: credentials.map(({ tenant, secret }) => ({
            tenant,
            secretName: secret.name,
            secretArn: secret.arn,
          })),
          tenantHosts,
          ingestions: [...ingestions.values()],
          isCurated: configuration.curation,
          metricsTtlDays: configuration.metricsTtlDays,
          scanLimitGigabytes: configuration.queryScanLimitGigabytes,
          alerts: this.alerts,
          logRetention: configuration.logRetentionDays,
          network: configuration.vpc,
        })
      : undefined;
    const tenantView = new TenantView(this, 'TenantView', { database: this.analytics.database, tenants });
    tenantView.node.addDependency(this.analytics);

    this.dailyQueueTotals =
      configuration.dailyQueueTotals &&
      new DailyQueueTotals(this, 'DailyQueueTotals', {
        deployment,
        ...configuration.dailyQueueTotals,
        ...stored,
        metrics: this.metrics,
        alerts: this.alerts,
        logRetention: configuration.logRetentionDays,
        network: configuration.vpc,
      });

    new Monitoring(this, 'Monitoring', {
      deployment,
      code,
      stores,
      tenants,
      ingestions,
      otherQueues: [this.replay.failed, ...(this.dailyQueueTotals === undefined ? [] : [this.dailyQueueTotals.failed])],
      isCurated: configuration.curation,
      group: group.name,
      separator: nested ? '_' : '.',
      logRetention: configuration.logRetentionDays,
      network: configuration.vpc,
      alerts: this.alerts,
      others: [
        ...[this.replay, this.backfill, curation, this.dailyQueueTotals].flatMap((each) => each?.alarm ?? []),
        ...(this.audit?.alarms ?? []),
      ],
      auditLog: this.audit?.log,
      lake: this.lake.bucket,
      tables: [this.metrics, this.state],
      workgroup: this.analytics.workgroup.name,
    });
    if (configuration.alarmEmail === undefined) this.#warnOfSilentAlarms();
    this.#noteNames(configuration);
    for (const [tag, value] of Object.entries(configuration.tags)) Tags.of(this).add(tag, value);
  }

  /** Says what CloudFormation does with a name. Synth cannot know whether the bucket or table has been deployed without it. */
  #noteNames({ names, adopt }: Pick<Configuration, 'names' | 'adopt'>): void {
    const adopted = new Set<string>(adopt);
    for (const [resource, name] of Object.entries(names))
      if (name !== undefined && !adopted.has(resource))
        Annotations.of(this).addInfoV2(
          `ccaip-ingest:names.${resource}`,
          `names.${resource} was given: if it was not deployed with this name before, CloudFormation creates an empty one beside the old one. List it in adopt if it exists (docs/upgrade.md#settings-that-need-care)`,
        );
  }

  #warnOfSilentAlarms(): void {
    const alarms = this.node.findAll().filter((each) => each instanceof CfnAlarm);
    Annotations.of(this).addWarningV2(
      'ccaip-ingest:alarms-without-receiver',
      `${alarms.length} alarms have no receiver: set alarmEmail, or subscribe to the topic of the alarms after the deployment`,
    );
  }
}
