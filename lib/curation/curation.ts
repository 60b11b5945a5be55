import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { createCuratedFreshnessView } from '../../sql/curated/curated-freshness-view.ts';
import { createAthenaStatements } from '../../sql/curated/curated-statements.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { AthenaView } from '../analytics/athena-view.ts';
import { Workgroup } from '../analytics/workgroup.ts';
import { nameFunction } from '../configuration/resource-names.ts';
import { CURATE_HANDLER } from '../ingestion/handler-names.ts';
import type { Stores } from '../ingestion/ingest-permissions.ts';
import { createSingleFunction, type FunctionSetting } from '../ingestion/single-function.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { StateMachineAlarm } from '../monitoring/state-machine-alarm.ts';
import { createPlace } from '../state-machines/definition-file.ts';
import { createStateMachine } from '../state-machines/logged-state-machine.ts';
import { type MachineSchedule, scheduleStateMachine } from '../state-machines/machine-schedules.ts';
import { defineCuration } from './curation-definition.ts';
import { explainWildcard, grantAsking, grantAthena } from './curation-permissions.ts';

/** Start of runs (UTC). The maintenance run starts when the hourly run before it has usually ended. */
const SCHEDULES: readonly MachineSchedule[] = [
  { when: 'hourly', expression: 'cron(5 * * * ? *)', input: { maintain: false } },
  { when: 'daily', expression: 'cron(35 3 * * ? *)', input: { maintain: true } },
];

export interface CurationProps extends FunctionSetting {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly stores: Stores;
  /** Glue database with the views. */
  readonly database: string;
  /** Names of the tenants. */
  readonly tenants: readonly string[];
  readonly alerts: Alerts;
}

/**
 * Keeps the newest versions of the large tables in columnar tables. A state machine runs Athena's MERGE for the batches since the
 * last run, and compacts the files once a day. The lake holds all the data of these tables, so they can be recreated.
 */
export class Curation extends Construct {
  readonly stateMachine: StateMachine;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: CurationProps) {
    super(scope, id);
    const { deployment, stores, database, tenants, alerts } = props;
    const { encryptionKey } = stores;
    const name = nameFunction(deployment, 'curation');
    const workgroup = new Workgroup(this, 'Workgroup', {
      name,
      description: 'Curation: MERGE, OPTIMIZE and VACUUM of the curated tables',
      lake: stores.lake,
      encryptionKey,
    });
    const curate = this.#function(name, props);
    const machineArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.stateMachine = createStateMachine(this, {
      name,
      roleDescription: `Curation of ${deployment}`,
      part: 'curation',
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [curate.functionArn] }),
        new PolicyStatement({ actions: ['states:ListExecutions'], resources: [machineArn] }),
        ...grantAthena(this, { workgroup: name, database, stores }),
      ],
      explainWildcard,
      definition: defineCuration({
        functionArn: createPlace('CurateFunction'),
        workgroup: name,
        database,
        tenants,
        tables: listCuratedTables().map((table) => ({
          table,
          statements: createAthenaStatements(table, `s3://${createPlace('LakeBucket')}/${table.prefix}/`),
        })),
      }),
      places: { CurateFunction: curate.functionArn, LakeBucket: stores.lake.bucketName },
      logRetention: props.logRetention,
    });
    this.stateMachine.node.addDependency(workgroup);
    scheduleStateMachine(this, {
      name,
      title: 'Curation',
      stateMachine: this.stateMachine,
      schedules: SCHEDULES,
      maxAgeSeconds: 1_800,
    });
    this.alarm = new StateMachineAlarm(this, 'Failed', {
      name,
      says: 'A curation run failed, so the curated tables are behind the lake.',
      runbook: 'curation-failed',
      stateMachine: this.stateMachine,
      alerts,
    }).alarm;
    new AthenaView(this, 'Freshness', { database, view: createCuratedFreshnessView() });
  }

  /** The function that decides the next step. */
  #function(name: string, props: CurationProps): LambdaFunction {
    return createSingleFunction(this, {
      ...props,
      ids: { log: 'FunctionLog', role: 'FunctionRole', function: 'Function' },
      name,
      description: 'Decides which days curation merges next',
      roleDescription: 'Decides the next step of curation',
      policy: 'curate',
      statements: grantAsking(props.stores),
      handler: CURATE_HANDLER,
      memory: 256,
      timeout: Duration.minutes(1),
      environment: { STATE_TABLE: props.stores.state.tableName },
    }).function;
  }
}
