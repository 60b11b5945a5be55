import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Folder of the bucket where Athena leaves its results. */
export const QUERY_RESULTS = 'athena-results/';

/** Former versions of an object are for recovery from mistakes, not for history. */
const FORMER_VERSIONS = Duration.days(30);

export interface LakeBucketProps {
  /** Days after which quarantined records are deleted. */
  readonly quarantineRetentionDays: number;
  /** Days after which query results are deleted. */
  readonly queryResultRetentionDays: number;
  /** What becomes of the bucket when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * Key that encrypts the objects.
   * @default - keys managed by S3
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The lake: `raw/`, `quarantine/`, `segments/` and Athena's results. */
export class LakeBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: LakeBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: props.removalPolicy,
      ...(props.encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }),
      lifecycleRules: [
        {
          id: 'former-versions-and-unfinished-uploads',
          noncurrentVersionExpiration: FORMER_VERSIONS,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          expiredObjectDeleteMarker: true,
        },
        { id: 'quarantine', prefix: 'quarantine/', expiration: Duration.days(props.quarantineRetentionDays) },
        { id: 'query-results', prefix: QUERY_RESULTS, expiration: Duration.days(props.queryResultRetentionDays) },
      ],
    });
  }
}
