import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  type StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { TableKeys } from '../../packages/reader/table-keys.ts';

export interface KeyedTableProps {
  readonly keys: TableKeys;
  /**
   * Name of the table.
   * @default - made by CloudFormation
   */
  readonly name?: string | undefined;
  /** What becomes of the table when the stack is deleted; a retained table is protected from deletion, too. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * Key that encrypts the table.
   * @default - the account's key for DynamoDB, managed by AWS
   */
  readonly encryptionKey?: IKey | undefined;
  /**
   * What the table's stream shows of a change.
   * @default - no stream
   */
  readonly stream?: StreamViewType;
  /**
   * Attribute with the time (seconds since 1970) from which an item may be deleted.
   * @default - items stay
   */
  readonly timeToLiveAttribute?: string;
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

/** A table paid by request, with point-in-time recovery, whose keys and indexes the functions' own definition gives. */
export class KeyedTable extends Table {
  constructor(scope: Construct, id: string, props: KeyedTableProps) {
    const { keys, name, removalPolicy, encryptionKey, stream, timeToLiveAttribute } = props;
    super(scope, id, {
      ...(name !== undefined && { tableName: name }),
      partitionKey: text(keys.partition),
      ...(keys.sort !== undefined && { sortKey: text(keys.sort) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(encryptionKey === undefined
        ? { encryption: TableEncryption.AWS_MANAGED }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
      ...(stream !== undefined && { stream }),
      ...(timeToLiveAttribute !== undefined && { timeToLiveAttribute }),
    });
    for (const [indexName, { partition, sort }] of Object.entries(keys.indexes))
      this.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partition),
        ...(sort !== undefined && { sortKey: text(sort) }),
        projectionType: ProjectionType.KEYS_ONLY,
      });
  }
}
