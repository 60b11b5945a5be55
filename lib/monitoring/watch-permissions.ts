import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { WATCH } from '../../lambdas/aws/state-keys.ts';
import { grantKey, grantState, type Stores } from '../ingestion/ingest-permissions.ts';

const READ = ['ChangeMessageVisibility', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
  (action) => `sqs:${action}`,
);

/**
 * Grants the permissions of the watch: read the state, remember since when it waits, and read dead-letter queues. It can delete
 * messages of the endpoints' queues only.
 */
export function grantWatch(stores: Stores, own: readonly Queue[], others: readonly Queue[]): PolicyStatement[] {
  const { encryptionKey } = stores;
  return [
    grantState('ReadState', stores, ['BatchGetItem', 'GetItem', 'Query'], { StringLike: ['*#*'] }),
    grantState('Remember', stores, ['PutItem'], { StringLike: [WATCH] }),
    // each queue in one statement: a policy has at most 10,240 characters
    new PolicyStatement({
      sid: 'ReadDeadLetters',
      actions: READ,
      resources: others.map(({ queueArn }) => queueArn),
    }),
    new PolicyStatement({
      sid: 'DeleteObsoleteEvents',
      actions: [...READ, 'sqs:DeleteMessage'],
      resources: own.map(({ queueArn }) => queueArn),
    }),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}
