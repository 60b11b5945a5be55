import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { toStatePartition } from '../aws/state-keys.ts';

/** Seconds for which a message is hidden while it is judged. */
const HIDDEN = 60;

/** Most messages of a queue that one check judges. The next check judges more. */
const MAX_MESSAGES = 500;

/** A message that was not there at the last checks. Two checks see it, so a check that is skipped hides nothing. */
const NEW_MS = 30 * 60_000;

/** The part of an event that tells whose it is. */
const eventSchema = z.object({
  endpoint: z.string(),
  tenant: z.object({ name: z.string() }),
  range: z.optional(z.unknown()),
});

/** What the dead-letter queues hold. */
export interface DeadLetterCounts {
  /** Messages that arrived within the last 30 minutes and are still needed. */
  arrived: number;
  /** Messages that were deleted, because a later run of the endpoint has read everything. */
  obsolete: number;
  /** Age of the oldest message that stays, seconds; 0 if none stays. */
  oldestSeconds: number;
}

/**
 * Reads the dead-letter queues. An event of a live run is obsolete as soon as a later run of the same tenant and endpoint has caught
 * up: it would read the same records again. Such events are deleted. All others stay for a person.
 * @param queues of the endpoints, and others whose messages always stay
 * @param caughtUpAt milliseconds since the epoch by `<tenant>#<endpoint>`
 */
export async function judgeDeadLetters(
  sqs: SQSClient,
  queues: { readonly endpoints: readonly string[]; readonly others: readonly string[] },
  caughtUpAt: ReadonlyMap<string, number>,
  now: number,
): Promise<DeadLetterCounts> {
  const counts: DeadLetterCounts = { arrived: 0, obsolete: 0, oldestSeconds: 0 };
  for (const queue of [...queues.endpoints, ...queues.others]) {
    const { QueueUrl: url = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
    if (await isEmpty(sqs, url)) continue;
    for (const message of await receiveAll(sqs, url)) {
      const sentAt = Number(message.Attributes?.SentTimestamp ?? now);
      const target = { QueueUrl: url, ReceiptHandle: message.ReceiptHandle };
      if (queues.endpoints.includes(queue) && isObsolete(message, caughtUpAt, sentAt)) {
        await sqs.send(new DeleteMessageCommand(target));
        counts.obsolete += 1;
        continue;
      }
      await sqs.send(new ChangeMessageVisibilityCommand({ ...target, VisibilityTimeout: 0 }));
      if (sentAt > now - NEW_MS) counts.arrived += 1;
      counts.oldestSeconds = Math.max(counts.oldestSeconds, Math.round((now - sentAt) / 1000));
    }
  }
  return counts;
}

async function isEmpty(sqs: SQSClient, url: string): Promise<boolean> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0) === 0;
}

/** Receives every visible message once. */
async function receiveAll(sqs: SQSClient, url: string): Promise<Message[]> {
  const received = new Map<string, Message>();
  while (received.size < MAX_MESSAGES) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HIDDEN,
        // a long poll asks every server of the queue, so an empty answer means an empty queue
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    if (messages.length === 0) break;
    for (const message of messages) received.set(message.MessageId ?? '', message);
  }
  return [...received.values()];
}

function isObsolete({ Body }: Message, caughtUpAt: ReadonlyMap<string, number>, sentAt: number): boolean {
  const event = parseEvent(Body ?? '');
  if (event === undefined || event.range !== undefined) return false;
  return (caughtUpAt.get(toStatePartition(event.tenant.name, event.endpoint)) ?? 0) > sentAt;
}

/** Reads an event; undefined for the event of a replay, a position in a stream, or anything else. */
function parseEvent(body: string): z.infer<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
