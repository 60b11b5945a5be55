import { Aws } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { View } from '../../sql/views/view.ts';

/** Maximum length of a column comment in Glue, characters. */
const MAX_COMMENT_LENGTH = 255;

export interface AthenaViewProps {
  /** Name of the Glue database. */
  readonly database: string;
  readonly view: View;
}

/**
 * A view in Athena's format. Athena reads the query and its columns with Trino types from base64 text in a comment. Other
 * clients see the columns with Hive types.
 */
export class AthenaView extends Construct {
  constructor(scope: Construct, id: string, { database, view }: AthenaViewProps) {
    super(scope, id);
    const { name, description, sql, columns } = view;
    const definition = {
      // in one line, because the views of a deployment take more than half of what its template can hold
      originalSql: sql.replaceAll(/\n */g, ' '),
      catalog: 'awsdatacatalog',
      schema: database,
      columns: columns.map((column) => ({ name: column.name, type: column.engineType })),
    };
    new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database,
      tableInput: {
        name,
        description,
        tableType: 'VIRTUAL_VIEW',
        parameters: { presto_view: 'true', comment: 'Presto View' },
        viewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString('base64')} */`,
        viewExpandedText: '/* Presto View */',
        partitionKeys: [],
        storageDescriptor: {
          columns: columns.map((column) => ({
            name: column.name,
            type: column.hiveType,
            comment: `${column.doc}${column.personal ? ' Personal data.' : ''}`.slice(0, MAX_COMMENT_LENGTH),
          })),
          serdeInfo: {},
        },
      },
    });
  }
}
