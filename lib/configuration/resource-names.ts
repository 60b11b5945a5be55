// Names of the resources of a deployment. The stack uses them, and the command line finds resources by them.

/** Default name of a deployment. Its stack has the same name. */
export const DEFAULT_DEPLOYMENT = 'ccaip';

/** The two dead-letter queues of an endpoint: one for events that failed, one for events that were not delivered. */
export const QUEUE_KINDS = ['failed', 'undelivered'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** Names a function, and its state machine if it has one. @param part an endpoint, or e.g. `replay` */
export const nameFunction = (deployment: string, part: string): string => `${deployment}-${part}`;

/** Names a dead-letter queue of a function. */
export const nameQueue = (deployment: string, part: string, kind: QueueKind): string =>
  `${nameFunction(deployment, part)}-${kind}`;

/** Names the log group of a function. */
export const nameLogGroup = (deployment: string, part: string): string =>
  `/aws/lambda/${nameFunction(deployment, part)}`;

/** Names the secret with a tenant's credential. */
export const nameSecret = (deployment: string, tenant: string): string => `${deployment}/${tenant}`;

/** Possible names of the schedule of a tenant's endpoint. The second is used in nested stacks, for many tenants. */
export const nameSchedules = (tenant: string, endpoint: string): readonly [string, string] => [
  `${tenant}.${endpoint}`,
  `${tenant}_${endpoint}`,
];

/** The scheduler puts the nominal time of a schedule in place of this text. It remains if the scheduler gives up before that. */
export const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';
