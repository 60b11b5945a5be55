import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import { justify } from '../security/justified.ts';

/** Folder of the bucket where Athena leaves its results. */
export const QUERY_RESULTS = 'athena-results/';

const STORAGE_CLASS: Readonly<Record<Configuration['rawStorageClass'], StorageClass | undefined>> = {
  standard: undefined,
  'intelligent-tiering': StorageClass.INTELLIGENT_TIERING,
  'glacier-instant-retrieval': StorageClass.GLACIER_INSTANT_RETRIEVAL,
};

type Retention = Pick<
  Configuration,
  | 'rawStorageClass'
  | 'rawTransitionDays'
  | 'rawRetentionDays'
  | 'segmentsRetentionDays'
  | 'quarantineRetentionDays'
  | 'queryResultRetentionDays'
  | 'formerVersionRetentionDays'
>;

export interface LakeBucketProps extends Retention {
  /** What becomes of the bucket when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * Name of the bucket.
   * @default - made by CloudFormation
   */
  readonly name?: string | undefined;
  /**
   * Key that encrypts the objects.
   * @default - keys managed by S3
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The lake: `raw/`, `quarantine/`, `segments/` and Athena's results. */
export class LakeBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { removalPolicy, name, encryptionKey, ...retention }: LakeBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...(name !== undefined && { bucketName: name }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy,
      ...(encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: lifecycleRules(retention),
    });
    justify(
      this.bucket,
      'S1',
      'The ledger names the run behind every object that is written. Who reads is a matter of CloudTrail data events, which an account has or has not for all its buckets; access logs would need a second bucket with the same question.',
    );
  }
}

function lifecycleRules(retention: Retention): LifecycleRule[] {
  const storageClass = STORAGE_CLASS[retention.rawStorageClass];
  const expiring = (id: string, prefix: string, days: number | undefined): LifecycleRule[] =>
    days === undefined ? [] : [{ id, prefix, expiration: Duration.days(days) }];
  return [
    {
      id: 'former-versions-and-unfinished-uploads',
      noncurrentVersionExpiration: Duration.days(retention.formerVersionRetentionDays),
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      expiredObjectDeleteMarker: true,
    },
    ...(storageClass === undefined
      ? []
      : [
          {
            id: 'raw-storage-class',
            prefix: 'raw/',
            transitions: [{ storageClass, transitionAfter: Duration.days(retention.rawTransitionDays) }],
          },
        ]),
    ...expiring('raw', 'raw/', retention.rawRetentionDays),
    ...expiring('segments', 'segments/', retention.segmentsRetentionDays),
    ...expiring('quarantine', 'quarantine/', retention.quarantineRetentionDays),
    ...expiring('query-results', QUERY_RESULTS, retention.queryResultRetentionDays),
  ];
}
