import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Metric,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import type { RUN_METRICS } from '../../lambdas/runs/run-metric-names.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import type { AnyBucket, AnyTable } from '../storage/store-types.ts';
import { createMissingRecordsMetric } from './missing-records-alarm.ts';
import { createRunMetric } from './run-metric.ts';

const WIDTH = 24;
const HALF = { width: WIDTH / 2, height: 7 };
const DAY = Duration.days(1);

export interface DashboardProps {
  /** Name of the deployment, and of the dashboard. */
  readonly deployment: string;
  readonly ingestions: ReadonlyMap<Endpoint, EndpointIngestion>;
  /** Tenants with the requests per second that each allows. */
  readonly tenants: readonly { readonly name: string; readonly requestsPerSecond: number }[];
  /** Alarms whose state is shown. */
  readonly alarms: readonly IAlarm[];
  /** Log of the watch. */
  readonly watchLog: LogGroup;
  /** Log of the audit. @default - there is no audit */
  readonly auditLog?: LogGroup | undefined;
  readonly lake: AnyBucket;
  readonly tables: readonly AnyTable[];
  /** Athena workgroup. */
  readonly workgroup: string;
}

/** A page that shows freshness, failures and cost. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: props.deployment,
      defaultInterval: DAY,
      periodOverride: PeriodOverride.AUTO,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: WIDTH, height: 5 })],
        [latestRuns(props)],
        [latestChecks(props)],
        [lagGraph(props)],
        ...auditRow(props),
        ...pairs(endpointGraphs(props)),
        [new TextWidget({ markdown: '## Cost', width: WIDTH, height: 1 })],
        ...pairs(costGraphs(props)),
      ],
    });
  }
}

function endpointGraphs({ deployment, ingestions, tenants }: DashboardProps): IWidget[] {
  const perTenant = (title: string, metric: keyof typeof RUN_METRICS) =>
    graph(
      title,
      tenants.map(({ name }) => createRunMetric(deployment, metric, name, { label: name })),
    );
  const perFunction = (title: string, metricOf: (ingestion: EndpointIngestion) => Metric) =>
    graph(
      title,
      [...ingestions].map(([{ name }, ingestion]) => metricOf(ingestion).with({ label: name })),
    );
  const sum = { statistic: 'Sum', period: Duration.minutes(5) };
  return [
    perTenant('Records taken', 'records'),
    perTenant('Records in quarantine', 'quarantined'),
    perFunction('Errors of the functions', (ingestion) => ingestion.function.metricErrors(sum)),
    perFunction('Dead letters: events that failed in the function', (ingestion) =>
      ingestion.failed.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
    ),
    perTenant('Requests to the platform', 'requests'),
    perTenant('Answers 429', 'throttled'),
    graph(
      'Budget use: percent of the request rate that a tenant allows',
      tenants.map(({ name, requestsPerSecond }, index) => budgetUse(deployment, name, requestsPerSecond, index)),
    ),
    perFunction('Longest run, milliseconds', (ingestion) =>
      ingestion.function.metricDuration({ statistic: 'Maximum', period: Duration.minutes(5) }),
    ),
  ];
}

function budgetUse(deployment: string, tenant: string, requestsPerSecond: number, index: number): IMetric {
  const requests = `requests${index}`;
  return new MathExpression({
    label: tenant,
    expression: `100 * ${requests} / PERIOD(${requests}) / ${requestsPerSecond}`,
    period: Duration.minutes(5),
    usingMetrics: { [requests]: createRunMetric(deployment, 'requests', tenant) },
  });
}

/** Endpoints and tenants are separate dimensions. The log has the pairs of tenant and endpoint. */
function latestRuns({ ingestions }: DashboardProps): IWidget {
  return new LogQueryWidget({
    title: 'Latest run of every tenant and endpoint',
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [...ingestions.values()].map(({ log }) => log.logGroupName),
    queryLines: [
      'filter message = "run ended" or message = "run failed"',
      'stats latest(@timestamp) as ended, latest(message) as result, latest(lagSeconds) as lag_seconds, sum(records) as records_taken, sum(requests) as requests_sent, sum(throttled) as answers_429, sum(quarantined) as in_quarantine by tenant, endpoint',
      'sort lag_seconds desc',
    ],
    width: WIDTH,
    height: 8,
  });
}

/** What the watch found in its latest checks. */
function latestChecks({ watchLog }: DashboardProps): IWidget {
  return new LogQueryWidget({
    title: 'Latest checks: endpoints behind or without new records, curated tables behind, dead letters',
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [watchLog.logGroupName],
    queryLines: ['filter message = "watched"', 'fields @timestamp, @message', 'sort @timestamp desc', 'limit 4'],
    width: WIDTH,
    height: 5,
  });
}

/** What audits found: the last of each tenant, and the records that are missing and not healed. */
function auditRow({ deployment, auditLog }: DashboardProps): IWidget[][] {
  if (auditLog === undefined) return [];
  const latest = new LogQueryWidget({
    title: 'Latest audit of every tenant: endpoints proven complete, records missing and healed',
    view: LogQueryVisualizationType.TABLE,
    logGroupNames: [auditLog.logGroupName],
    queryLines: [
      'filter next = "end" or next = "failed"',
      'stats latest(@timestamp) as ended, latest(next) as result, latest(proven) as proven, latest(endpoints) as endpoints, latest(windows) as windows, latest(requests) as requests, latest(missing) as missing, latest(healed) as healed by tenant',
      'sort missing desc',
    ],
    ...HALF,
  });
  return [[latest, graph('Records missing and not healed', [createMissingRecordsMetric(deployment)])]];
}

/** The lag of each endpoint, over all tenants, from the lines of the runs: a metric for each would cost more than all runs. */
function lagGraph({ ingestions }: DashboardProps): IWidget {
  return new LogQueryWidget({
    title: 'Lag: seconds since an endpoint was caught up, highest of all tenants',
    view: LogQueryVisualizationType.LINE,
    logGroupNames: [...ingestions.values()].map(({ log }) => log.logGroupName),
    queryLines: [
      'filter message = "run ended" or message = "run failed"',
      'stats max(lagSeconds) as lag by bin(15m), endpoint',
    ],
    width: WIDTH,
    height: 7,
  });
}

function costGraphs({ ingestions, lake, tables, workgroup }: DashboardProps): IWidget[] {
  const daily = { statistic: 'Sum', period: DAY };
  const capacity = (kind: 'Read' | 'Write') =>
    tables.map(
      (table) =>
        new Metric({
          ...daily,
          namespace: 'AWS/DynamoDB',
          metricName: `Consumed${kind}CapacityUnits`,
          dimensionsMap: { TableName: table.tableName },
          label: `${kind.toLowerCase()} units of ${table.node.id}`,
        }),
    );
  const stored = (StorageType: string) =>
    new Metric({
      namespace: 'AWS/S3',
      metricName: 'BucketSizeBytes',
      dimensionsMap: { BucketName: lake.bucketName, StorageType },
      statistic: 'Average',
      period: DAY,
      label: StorageType,
    });
  return [
    graph(
      'Lambda: seconds of run time per day',
      [...ingestions].map(([{ name }, ingestion], index) => {
        const duration = `duration${index}`;
        return new MathExpression({
          label: name,
          expression: `${duration} / 1000`,
          period: DAY,
          usingMetrics: { [duration]: ingestion.function.metricDuration(daily) },
        });
      }),
    ),
    graph('DynamoDB: capacity units per day', [...capacity('Write'), ...capacity('Read')]),
    graph(
      'S3: bytes stored',
      ['StandardStorage', 'IntelligentTieringFAStorage', 'GlacierInstantRetrievalStorage'].map(stored),
    ),
    graph('Athena: bytes read by queries per day', [
      new Metric({
        ...daily,
        namespace: 'AWS/Athena',
        metricName: 'ProcessedBytes',
        dimensionsMap: { WorkGroup: workgroup },
        label: workgroup,
      }),
    ]),
  ];
}

const graph = (title: string, left: IMetric[]): IWidget => new GraphWidget({ title, left, ...HALF });

function pairs(widgets: readonly IWidget[]): IWidget[][] {
  return Array.from({ length: Math.ceil(widgets.length / 2) }, (_, row) => widgets.slice(2 * row, 2 * row + 2));
}
