// Names of what a deployment consists of. The stack gives them, and the command line finds a deployment by them.

/** Name of a deployment that sets no other in `cdk.json`; its stack has the same. */
export const DEFAULT_DEPLOYMENT = 'ccaip';

/** The two dead-letter queues of an endpoint: the function failed on the event, or the scheduler could not deliver it. */
export const QUEUE_KINDS = ['failed', 'undelivered'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** Name of a function, and of the state machine around it if there is one. @param part an endpoint, or e.g. `replay` */
export const nameFunction = (deployment: string, part: string): string => `${deployment}-${part}`;

/** Name of a dead-letter queue of a function. */
export const nameQueue = (deployment: string, part: string, kind: QueueKind): string =>
  `${nameFunction(deployment, part)}-${kind}`;

/** Name of the log group of a function. */
export const nameLogGroup = (deployment: string, part: string): string =>
  `/aws/lambda/${nameFunction(deployment, part)}`;

/** Name of the secret that holds a tenant's credential. */
export const nameSecret = (deployment: string, tenant: string): string => `${deployment}/${tenant}`;

/** Names that the schedule of a tenant's endpoint can have; the second one is used in a nested stack for many tenants. */
export const nameSchedules = (tenant: string, endpoint: string): readonly [string, string] => [
  `${tenant}.${endpoint}`,
  `${tenant}_${endpoint}`,
];
