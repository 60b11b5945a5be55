import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';

/** A table of the stack, or one that exists and is only used. */
export type AnyTable = ITable | Table;

/** A bucket of the stack, or one that exists and is only used. */
export type AnyBucket = IBucket | Bucket;
