import { Duration, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../lambdas/aws/environment.ts';
import type { TenantHosts } from '../../lambdas/platform/tenant-hosts.ts';
import { nameSecret } from '../configuration/resource-names.ts';
import { ONE_FOLDER } from '../ingestion/endpoint-ingestion.ts';
import { AUDIT_HANDLER } from '../ingestion/handler-names.ts';
import type { Stores } from '../ingestion/ingest-permissions.ts';
import { createSingleFunction, type FunctionSetting } from '../ingestion/single-function.ts';
import { grantComparing } from './audit-permissions.ts';

/** Megabytes. The answer of the lake has a line for each record of the audited days. */
const MEMORY = 2048;

export interface AuditFunctionProps extends FunctionSetting {
  /** Name of the function. */
  readonly name: string;
  /** Name of the deployment. */
  readonly deployment: string;
  readonly stores: Stores;
  /** Secrets of the tenants. */
  readonly secretArns: readonly string[];
  /** Host of each tenant of the deployment, as the environment of a function has it. */
  readonly tenantHosts: string;
  /** Days after the start of a call when its item in the metrics table expires. @default - items do not expire */
  readonly metricsTtlDays?: number | undefined;
}

/** The function that decides the steps of an audit and compares the lake with the platforms, with its role and log. */
export class AuditFunction extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: AuditFunctionProps) {
    super(scope, id);
    const { name, deployment, stores, secretArns, tenantHosts, metricsTtlDays, network } = props;
    const environment = {
      LAKE_BUCKET: stores.lake.bucketName,
      METRICS_TABLE: stores.metrics.tableName,
      STATE_TABLE: stores.state.tableName,
      TENANT_HOSTS: tenantHosts,
      SECRET_PREFIX: nameSecret(deployment, ''),
    } satisfies Environment & TenantHosts;
    const httpsProxy = network?.httpsProxy;
    const { function: compare, log } = createSingleFunction(this, {
      ...props,
      name,
      description: `Compares the lake of ${Stack.of(this).stackName} with the platforms`,
      roleDescription: 'Compares the lake with the platforms',
      policy: 'audit',
      statements: grantComparing(stores, secretArns),
      wildcards: ONE_FOLDER,
      handler: AUDIT_HANDLER,
      memory: MEMORY,
      // a step stops before the timeout, and the next one continues
      timeout: Duration.minutes(15),
      environment: {
        ...environment,
        ...(httpsProxy !== undefined && { HTTPS_PROXY: httpsProxy }),
        ...(metricsTtlDays !== undefined && { METRICS_TTL_DAYS: String(metricsTtlDays) }),
      },
    });
    this.function = compare;
    this.log = log;
  }
}
