import { Aws, NestedStack } from 'aws-cdk-lib';
import { CfnNamedQuery } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DAYS_BEFORE_HISTORY } from '../../catalog/partition-days.ts';
import { createViews } from '../../sql/all-views.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import type { AnyBucket } from '../storage/store-types.ts';
import { AthenaTable } from './athena-table.ts';
import { AthenaView } from './athena-view.ts';
import { Workgroup } from './workgroup.ts';

/** Longest description of a named query that Athena takes, characters. */
const MAX_DESCRIPTION_LENGTH = 1024;

const NAMED_QUERIES = await loadNamedQueries();

export interface AnalyticsProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly lake: AnyBucket;
  /** Names of the tenants. */
  readonly tenants: readonly string[];
  /** First day (UTC) of any tenant's history. */
  readonly historyStart: string;
  /** Gigabytes that a query may read. Athena stops queries that exceed it. */
  readonly scanLimitGigabytes: number;
  /**
   * Key that encrypts query results.
   * @default - keys managed by S3
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The SQL interface of the lake: a Glue database with raw tables and views, and a workgroup with saved queries. */
export class Analytics extends Construct {
  readonly workgroup: Workgroup;
  readonly database: string;

  constructor(scope: Construct, id: string, { deployment, lake, tenants, historyStart, ...limits }: AnalyticsProps) {
    super(scope, id);
    this.database = deployment.replaceAll('-', '_');
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: this.database,
        description: 'Contact centre data of the CCAI Platform: raw tables and the views on them',
      },
    });
    const firstDay = daysBefore(historyStart, DAYS_BEFORE_HISTORY);
    const tables = [
      ...listRawTables().map(
        (table) => new AthenaTable(this, table.name, { database: this.database, table, lake, tenants, firstDay }),
      ),
      ...createViews().map((view) => new AthenaView(this, view.name, { database: this.database, view })),
    ];
    for (const table of tables) table.node.addDependency(database);
    this.workgroup = new Workgroup(this, 'Workgroup', {
      ...limits,
      name: deployment,
      description: 'Queries of contact centre data',
      lake,
    });
    // in a nested stack, because a template is limited in resources and bytes, and tables cannot move
    const queries = new NestedStack(this, 'Queries', { description: `Saved queries of ${deployment}` });
    for (const { name, question, sql } of NAMED_QUERIES)
      new CfnNamedQuery(queries, `Query-${name}`, {
        name,
        description: question.slice(0, MAX_DESCRIPTION_LENGTH),
        database: this.database,
        workGroup: this.workgroup.name,
        queryString: sql,
      });
  }
}

/** Computes the day (UTC) a number of days before another. */
function daysBefore(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}
