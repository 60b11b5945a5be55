import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CcaipIngest, type CcaipIngestProps } from './ccaip-ingest.ts';

export interface CcaipStackProps extends StackProps {
  readonly ccaip: CcaipIngestProps;
}

/** A deployment in its own stack, with outputs for readers and for the command line. */
export class CcaipStack extends Stack {
  constructor(scope: Construct, id: string, { ccaip, ...props }: CcaipStackProps) {
    super(scope, id, { description: 'Ingestion of the CCAI Platform reporting API', ...props });
    const ingest = new CcaipIngest(this, 'Ingest', ccaip);
    const { lake, metrics, state, analytics, secrets, dailyQueueTotals, backfill, audit } = ingest;
    const outputs: Record<string, [value: string, description: string]> = {
      LakeBucket: [lake.bucket.bucketName, 'Bucket of the lake'],
      MetricsTable: [metrics.tableName, 'Table with the metrics of every call'],
      // the stream of an adopted table is not known
      ...(metrics.tableStreamArn !== undefined && {
        MetricsStream: [metrics.tableStreamArn, 'Stream of the metrics table'],
      }),
      StateTable: [state.tableName, 'Table with ledger, cursors, leases and rate budgets'],
      Database: [analytics.database, 'Glue database to query'],
      Workgroup: [analytics.workgroup.name, 'Athena workgroup to query with'],
      ...(dailyQueueTotals && {
        DailyQueueTotalsTable: [dailyQueueTotals.table.tableName, 'Table with daily totals of each queue'],
      }),
      BackfillStateMachine: [backfill.stateMachine.stateMachineArn, 'State machine that runs backfills'],
      Settings: [this.toJsonString(ingest.settings), 'Settings whose change loses or hides data; doctor compares them'],
      ...(audit && {
        AuditStateMachine: [
          audit.stateMachine.stateMachineArn,
          'State machine that compares the lake with the platforms',
        ],
      }),
      Secrets: [[...secrets.values()].map(({ name }) => name).join(','), 'Secrets to fill, one per tenant'],
    };
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }
}
