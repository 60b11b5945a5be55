import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../lambdas/aws/environment.ts';
import type { TenantHosts } from '../../lambdas/platform/tenant-hosts.ts';
import { nameLogGroup, nameSecret } from '../configuration/resource-names.ts';
import { ANY_INTERFACE, ONE_FOLDER } from '../ingestion/endpoint-ingestion.ts';
import { grantNetwork, type Network, runIn } from '../ingestion/function-network.ts';
import { AUDIT_HANDLER } from '../ingestion/handler-names.ts';
import type { Stores } from '../ingestion/ingest-permissions.ts';
import { justifyWildcards } from '../security/justified.ts';
import { grantComparing } from './audit-permissions.ts';

/** Megabytes. The answer of the lake has a line for each record of the audited days. */
const MEMORY = 2048;

export interface AuditFunctionProps {
  /** Name of the function. */
  readonly name: string;
  /** Name of the deployment. */
  readonly deployment: string;
  /** The bundle of all functions. */
  readonly code: Code;
  readonly stores: Stores;
  /** Secrets of the tenants. */
  readonly secretArns: readonly string[];
  /** Host of each tenant of the deployment, as the environment of a function has it. */
  readonly tenantHosts: string;
  /** Days after the start of a call when its item in the metrics table expires. @default - items do not expire */
  readonly metricsTtlDays?: number | undefined;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - no VPC
   */
  readonly network?: Network | undefined;
}

/** The function that decides the steps of an audit and compares the lake with the platforms, with its role and log. */
export class AuditFunction extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: AuditFunctionProps) {
    super(scope, id);
    const { name, deployment, code, stores, secretArns, tenantHosts, metricsTtlDays, logRetention, network } = props;
    this.log = new LogGroup(this, 'Log', {
      logGroupName: nameLogGroup(deployment, 'audit'),
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: 'Compares the lake with the platforms',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        audit: new PolicyDocument({
          statements: [
            ...grantComparing(stores, secretArns),
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.log.logGroupArn],
            }),
            ...(network === undefined ? [] : [grantNetwork()]),
          ],
        }),
      },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : ONE_FOLDER));
    const environment = {
      LAKE_BUCKET: stores.lake.bucketName,
      METRICS_TABLE: stores.metrics.tableName,
      STATE_TABLE: stores.state.tableName,
      TENANT_HOSTS: tenantHosts,
      SECRET_PREFIX: nameSecret(deployment, ''),
    } satisfies Environment & TenantHosts;
    const httpsProxy = network?.httpsProxy;
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: `Compares the lake of ${Stack.of(this).stackName} with the platforms`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code,
      handler: AUDIT_HANDLER,
      memorySize: MEMORY,
      // a step stops before the timeout, and the next one continues
      timeout: Duration.minutes(15),
      environment: {
        ...environment,
        ...(httpsProxy !== undefined && { HTTPS_PROXY: httpsProxy }),
        ...(metricsTtlDays !== undefined && { METRICS_TTL_DAYS: String(metricsTtlDays) }),
      },
      role: role.withoutPolicyUpdates(),
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
    });
    if (network !== undefined) runIn(network, this.function);
  }
}
