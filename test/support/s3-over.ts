import { gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { S3Objects } from '../../lambdas/aws/s3-objects.ts';

/** S3 of a function whose requests are answered by this; nothing but the answers is waited for. */
export function s3Over(client: { readonly send: (command: never) => Promise<unknown> }): AwsClients['s3'] {
  // the lake only ever calls send
  return async () => new S3Objects(client as unknown as S3Client, async (body) => gzipSync(body));
}
