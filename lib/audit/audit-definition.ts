import { ENDPOINTS } from '../../catalog/index.ts';
import { NO_STEP } from '../../lambdas/audit/execution/audit-answer.ts';
import type { CuratedTable } from '../../lambdas/audit/execution/curated-days.ts';
import { packStatements } from '../../lambdas/audit/execution/lake-statements.ts';
import { replayName } from '../../lambdas/aws/state-keys.ts';
import { createAuditStatements, listAuditStatements } from '../../sql/audit/audit-statements.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import {
  createTenantInput,
  readCadence,
  readTenantName,
  type TenantConfiguration,
} from '../configuration/tenant-configuration.ts';
import { PARTITION } from '../state-machines/definition-file.ts';
import { BUSY, LASTING, PASSING, RUN_SECONDS, UNEXPECTED } from '../state-machines/retries.ts';

interface AuditDefinition {
  /** Name of the deployment. */
  readonly deployment: string;
  /** ARN of the function that compares. */
  readonly functionArn: string;
  readonly workgroup: string;
  readonly database: string;
  /** Every tenant with the name of its secret. */
  readonly tenants: readonly { readonly tenant: TenantConfiguration; readonly secretName: string }[];
  /** True if the deployment keeps curated tables. */
  readonly isCurated: boolean;
  /** Maximum number of requests of an audit for each tenant. */
  readonly requests: number;
}

type State = Readonly<Record<string, unknown>>;

/** Tenants that are audited at the same time. Each has its own request rate. */
const CONCURRENCY = 4;

/** Seconds until the next question if another execution or another run is busy. */
const WAIT_SECONDS = 120;

/** A tenant whose platform does not answer must not keep the audit from the others. The next audit tries again. */
const SOON = { ...PASSING, MaxAttempts: 3 };

/** Athena is busy. */
const QUERY_RETRY = [
  { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 20, MaxAttempts: 3, BackoffRate: 3, JitterStrategy: 'FULL' },
];

/**
 * The state machine of audits, in the Amazon States Language. Its function decides each step of a tenant and keeps the progress, so a
 * redriven or repeated execution continues where the last one stopped.
 *
 *     for each tenant, some at a time:
 *       Ask: what is next? <───────────────────────────────┐
 *         query ──> Athena: the lake's side of an endpoint ─┤
 *         read  ──> the function of an endpoint, to heal ───┤
 *         wait, again ──────────────────────────────────────┘
 *         end, failed
 *           ✗ the next tenant
 *     Report the number of missing records
 *     a tenant failed? ──> fail
 *
 * A tenant takes 13 events for each endpoint and 12 for each run that heals. A history can have 25,000 events.
 */
export function defineAudit(options: AuditDefinition): State {
  return {
    Comment: 'Compares the lake with the platforms, and reads again what is missing',
    StartAt: 'Tenants',
    TimeoutSeconds: 24 * 3_600,
    States: {
      Tenants: {
        Type: 'Pass',
        Parameters: { 'order.$': '$', places: listPlaces(options) },
        Next: 'Audits',
      },
      Audits: {
        Type: 'Map',
        ItemsPath: '$.places',
        MaxConcurrency: CONCURRENCY,
        ItemSelector: {
          'tenant.$': '$$.Map.Item.Value.tenant',
          'endpoints.$': '$$.Map.Item.Value.endpoints',
          'order.$': '$.order',
          done: null,
          reply: { answer: { step: NO_STEP } },
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Ask', States: defineTenant(options) },
        ResultSelector: { 'failed.$': 'States.ArrayContains($[*].failed, true)' },
        Next: 'Report',
      },
      Report: {
        ...invoke(
          { FunctionName: options.functionArn },
          {
            report: true,
            deployment: options.deployment,
            tenants: options.tenants.map(({ tenant }) => readTenantName(tenant)),
          },
        ),
        ResultPath: null,
        Retry: [LASTING, BUSY, UNEXPECTED],
        Next: 'IsAnyFailed',
      },
      IsAnyFailed: {
        Type: 'Choice',
        Choices: [{ Variable: '$.failed', BooleanEquals: true, Next: 'Failed' }],
        Default: 'Audited',
      },
      Failed: { Type: 'Fail', Error: 'AuditFailed', Cause: 'At least one endpoint could not be audited or healed' },
      Audited: { Type: 'Succeed' },
    },
  };
}

const listPlaces = ({ tenants }: AuditDefinition) =>
  tenants.map(({ tenant, secretName }) => ({
    tenant: createTenantInput(tenant, secretName, ENDPOINTS),
    endpoints: ENDPOINTS.filter((endpoint) => readCadence(tenant, endpoint) !== undefined).map(({ name }) => name),
  }));

/** The loop of one tenant. */
function defineTenant({
  functionArn,
  workgroup,
  database,
  ...facts
}: AuditDefinition): Readonly<Record<string, State>> {
  const { deployment, tenants, requests, isCurated } = facts;
  const choose = (next: string, state: string) => ({
    Variable: '$.reply.answer.next',
    StringEquals: next,
    Next: state,
  });
  return {
    Ask: {
      ...invoke(
        { FunctionName: functionArn },
        {
          ...{ deployment, requests, tenants: tenants.map(({ tenant }) => readTenantName(tenant)) },
          statements: packAuditStatements(tenants, isCurated),
          curated: isCurated ? createCuratedLedgers() : {},
          'tenant.$': '$.tenant',
          'endpoints.$': '$.endpoints',
          'order.$': '$.order',
          'done.$': '$.done',
          'step.$': '$.reply.answer.step',
          'execution.$': '$$.Execution.Name',
          'startedAt.$': '$$.Execution.StartTime',
        },
      ),
      ResultSelector: { 'answer.$': '$.Payload' },
      ResultPath: '$.reply',
      Retry: [LASTING, BUSY, SOON, UNEXPECTED],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'TenantFailed' }],
      Next: 'WhatIsNext',
    },
    WhatIsNext: {
      Type: 'Choice',
      Choices: [
        choose('query', 'Query'),
        choose('read', 'Read'),
        choose('wait', 'Wait'),
        choose('again', 'Ask'),
        choose('failed', 'TenantFailed'),
      ],
      Default: 'TenantAudited',
    },
    Wait: { Type: 'Wait', Seconds: WAIT_SECONDS, Next: 'Ask' },
    Query: {
      Type: 'Task',
      Resource: `arn:${PARTITION}:states:::athena:startQueryExecution.sync`,
      Parameters: {
        'QueryString.$': '$.reply.answer.statement',
        WorkGroup: workgroup,
        QueryExecutionContext: { Database: database },
      },
      ResultSelector: {
        query: {
          'location.$': '$.QueryExecution.ResultConfiguration.OutputLocation',
          'bytes.$': '$.QueryExecution.Statistics.DataScannedInBytes',
        },
      },
      ResultPath: '$.done',
      Retry: QUERY_RETRY,
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.done', Next: 'Ask' }],
      Next: 'Ask',
    },
    Read: {
      ...invoke({ 'FunctionName.$': '$.reply.answer.function' }, { 'event.$': '$.reply.answer.event' }),
      TimeoutSeconds: RUN_SECONDS,
      ResultSelector: { 'read.$': '$.Payload' },
      ResultPath: '$.done',
      Retry: [LASTING, BUSY, SOON, UNEXPECTED],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.done', Next: 'Ask' }],
      Next: 'Ask',
    },
    TenantAudited: { Type: 'Pass', Result: { failed: false }, End: true },
    TenantFailed: { Type: 'Pass', Result: { failed: true }, End: true },
  };
}

function invoke(functionName: State, payload: State): State {
  const isWhole = 'event.$' in payload;
  return {
    Type: 'Task',
    Resource: `arn:${PARTITION}:states:::lambda:invoke`,
    Parameters: { ...functionName, ...(isWhole ? { 'Payload.$': payload['event.$'] } : { Payload: payload }) },
  };
}

/** Packs the statements of all endpoints, and those of tenants that have other places of nested records. */
function packAuditStatements(tenants: AuditDefinition['tenants'], isCurated: boolean): string {
  const own = tenants.flatMap(({ tenant }) =>
    ENDPOINTS.flatMap((endpoint) => {
      const parents = tenant.endpoints[endpoint.name]?.parents;
      if (parents === undefined) return [];
      const places = Object.entries(parents).map(([name, paths]) => ({ endpoint: name, paths }));
      const key = `${readTenantName(tenant)} ${endpoint.name}`;
      return [[key, createAuditStatements(endpoint, isCurated, places)] as const];
    }),
  );
  return packStatements({ ...listAuditStatements(isCurated), ...Object.fromEntries(own) });
}

/** The curated tables that an audit reads for an endpoint, with the ledgers of the batches that bring their rows. */
export function createCuratedLedgers(): Record<string, CuratedTable[]> {
  const tables = listCuratedTables();
  return Object.fromEntries(
    ENDPOINTS.filter(({ curated }) => curated).map(({ name, segmentMetrics }) => [
      name,
      tables
        .filter(({ view }) => view === name || (segmentMetrics && view === 'call_segments'))
        .map(({ name: table, endpoints, zone }) => ({
          table,
          zone,
          ledgers: endpoints.flatMap((endpoint) =>
            zone === 'segments' ? [endpoint, replayName(endpoint)] : [endpoint],
          ),
        })),
    ]),
  );
}
