import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { QUERY_RESULTS } from '../storage/lake-bucket.ts';
import type { AnyBucket } from '../storage/store-types.ts';

const BYTES_PER_GIGABYTE = 1e9;

export interface WorkgroupProps {
  readonly name: string;
  readonly description: string;
  /** Bucket for results. */
  readonly lake: AnyBucket;
  /**
   * Folder for results, with a slash at the end.
   * @default - that of all queries
   */
  readonly results?: string;
  /**
   * Gigabytes that a query may read. Athena stops queries that exceed it.
   * @default - no limit
   */
  readonly scanLimitGigabytes?: number;
  /**
   * Key that encrypts results.
   * @default - keys managed by S3
   */
  readonly encryptionKey?: IKey | undefined;
}

/** The workgroup for queries. It enforces its own result location, encryption and scan limit on every client. */
export class Workgroup extends Construct {
  readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    { name, description, lake, results = QUERY_RESULTS, scanLimitGigabytes, encryptionKey }: WorkgroupProps,
  ) {
    super(scope, id);
    const workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name,
      description,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        ...(scanLimitGigabytes !== undefined && {
          bytesScannedCutoffPerQuery: Math.round(scanLimitGigabytes * BYTES_PER_GIGABYTE),
        }),
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${lake.bucketName}/${results}`,
          encryptionConfiguration:
            encryptionKey === undefined
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: encryptionKey.keyArn },
        },
      },
    });
    this.name = workgroup.ref;
  }
}
