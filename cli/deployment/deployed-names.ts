/** Name of a deployment that says nothing else in `cdk.json`; its stack has the same. */
export const DEFAULT_DEPLOYMENT = 'ccaip';

/** The two dead-letter queues of an endpoint: the function failed on the event, or the scheduler could not deliver it. */
export const QUEUE_KINDS = ['failed', 'undelivered'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** Names of what a deployment consists of, as the stack gives them. */
export const functionName = (deployment: string, endpoint: string): string => `${deployment}-${endpoint}`;

export const queueName = (deployment: string, endpoint: string, kind: QueueKind): string =>
  `${functionName(deployment, endpoint)}-${kind}`;

export const logGroupName = (deployment: string, endpoint: string): string =>
  `/aws/lambda/${functionName(deployment, endpoint)}`;

export const secretName = (deployment: string, tenant: string): string => `${deployment}/${tenant}`;

/** Tenants with many neighbours have their schedules in a stack of their own, under names of their own. */
export const scheduleNames = (tenant: string, endpoint: string): readonly [string, string] => [
  `${tenant}.${endpoint}`,
  `${tenant}_${endpoint}`,
];
