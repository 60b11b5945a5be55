import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { nameFunction, nameQueue, type QueueKind } from '../../lib/configuration/resource-names.ts';
import { type DeadLetter, groupDeadLetters, type LetterGroup, parseDeadLetter } from './dead-letter.ts';
import type { Deployment } from './deployment.ts';

/** Seconds for which received messages are hidden. Enough to replay a full queue; after a crash they reappear. */
const HIDDEN = 900;

/** Number of requests to AWS at the same time. */
const SIDE_BY_SIDE = { concurrency: 8 };

/** The content of a queue. */
export interface QueueContent {
  readonly endpoint: string;
  readonly kind: QueueKind;
  /** Number of messages, including hidden ones. SQS counts approximately. */
  readonly messages: number;
  /** The first messages, at most ten. */
  readonly events: readonly { tenant: string | null; scheduledTime: string | null; reason: string }[];
}

/** Reads a queue without removing anything. */
export async function peekQueues(deployment: Deployment, endpoint: string, kind: QueueKind): Promise<QueueContent> {
  const url = await urlOf(deployment, endpoint, kind);
  const { Attributes: counts } = await deployment.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const waiting = Number(counts?.ApproximateNumberOfMessages ?? 0);
  const letters = waiting === 0 ? [] : await receive(deployment, url, { endpoint, kind, hidden: 0 });
  return {
    endpoint,
    kind,
    messages: waiting + Number(counts?.ApproximateNumberOfMessagesNotVisible ?? 0),
    events: letters.map(({ event, reason }) => ({
      tenant: event?.tenant.name ?? null,
      scheduledTime: event?.scheduledTime ?? null,
      reason,
    })),
  };
}

/** Result of replaying the events of an endpoint. */
export interface Replay {
  readonly endpoint: string;
  /** Events found in its queues. */
  readonly events: number;
  /** Runs started. Events that differ only in their nominal time share one run. */
  readonly started: number;
  /** Events that stay in their queue. */
  readonly left: number;
  /** Why events stay, each reason once. */
  readonly problems: readonly string[];
}

/**
 * Sends the events of an endpoint's queues to its function again. An event leaves its queue after Lambda has accepted it:
 *
 *     receive ── invoke (202: Lambda keeps it, retries it, puts it into `failed` again) ── delete
 *        └── on any failure or crash the event returns to the queue, and a second run does no harm
 *
 * Events that arrive during the replay stay in the queue, so an event that fails again is not sent in a loop.
 * @param started start of the replay, milliseconds since the epoch
 */
export async function replay(
  deployment: Deployment,
  endpoint: string,
  kinds: readonly QueueKind[],
  started: number,
): Promise<Replay> {
  const queues = await pMap(kinds, async (kind) => ({ kind, url: await urlOf(deployment, endpoint, kind) }));
  const urls = new Map(queues.map(({ kind, url }) => [kind, url]));
  const taken = new Map<string, DeadLetter>();
  const receptions = await Promise.allSettled(
    queues.map(({ kind, url }) => receiveAll(deployment, url, { endpoint, kind, before: started, taken })),
  );
  const letters = [...taken.values()];
  for (const reception of receptions)
    if (reception.status === 'rejected') {
      await giveBack(deployment, urls, letters);
      throw reception.reason;
    }
  const problems = new Set<string>();
  const strange = letters.filter(({ event }) => event === undefined);
  if (strange.length > 0) problems.add(`${strange.length} messages are not events of ${endpoint}. Look at them in SQS`);
  await giveBack(deployment, urls, strange);
  const outcomes = await pMap(
    groupDeadLetters(letters),
    async (group) => {
      const refusal = await send(deployment, endpoint, group);
      if (refusal !== undefined) await giveBack(deployment, urls, group.letters);
      const problem = refusal ?? (await remove(deployment, urls, group.letters));
      if (problem !== undefined) problems.add(problem);
      return { sent: refusal === undefined, left: problem === undefined ? 0 : group.letters.length };
    },
    SIDE_BY_SIDE,
  );
  const left = outcomes.reduce((sum, outcome) => sum + outcome.left, strange.length);
  const runs = outcomes.filter(({ sent }) => sent).length;
  return { endpoint, events: letters.length, started: runs, left, problems: [...problems] };
}

async function urlOf({ sqs, name }: Deployment, endpoint: string, kind: QueueKind): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: nameQueue(name, endpoint, kind) }));
  return QueueUrl ?? '';
}

interface Reception {
  readonly endpoint: string;
  readonly kind: QueueKind;
  /** Seconds for which the messages are hidden from other readers. */
  readonly hidden: number;
}

async function receive({ sqs }: Deployment, url: string, { endpoint, kind, hidden }: Reception): Promise<DeadLetter[]> {
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hidden,
      // a long poll asks every server of the queue, so an empty answer means an empty queue
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['SentTimestamp'],
      MessageAttributeNames: ['All'],
    }),
  );
  return messages.map((message) => parseDeadLetter(message, endpoint, kind));
}

interface FullReception extends Omit<Reception, 'hidden'> {
  /** Messages sent later stay in the queue, milliseconds since the epoch. */
  readonly before: number;
  /** Collects the messages by id. */
  readonly taken: Map<string, DeadLetter>;
}

/** Receives everything sent before a time. If it fails, `taken` has the messages received so far. */
async function receiveAll(deployment: Deployment, url: string, { before, taken, ...queue }: FullReception) {
  for (;;) {
    const letters = await receive(deployment, url, { ...queue, hidden: HIDDEN });
    // SQS delivers at least once, and only the newest receipt counts
    for (const letter of letters) if (letter.sentAt < before) taken.set(letter.id, letter);
    const later = letters.filter(({ sentAt }) => sentAt >= before);
    await giveBack(deployment, new Map([[queue.kind, url]]), later);
    if (letters.length === later.length) return;
  }
}

/** @returns why Lambda did not accept the event, or undefined if it did */
async function send(deployment: Deployment, endpoint: string, { event }: LetterGroup): Promise<string | undefined> {
  const name = nameFunction(deployment.name, endpoint);
  try {
    const { StatusCode: status } = await deployment.lambda.send(
      new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) }),
    );
    return status === 202 ? undefined : `function ${name} answered ${status}`;
  } catch (error) {
    return `function ${name} did not accept the event: ${textOf(error)}`;
  }
}

type Urls = ReadonlyMap<QueueKind, string>;

/** @returns why the sent messages could not be deleted, or undefined if they are deleted */
async function remove({ sqs }: Deployment, urls: Urls, letters: readonly DeadLetter[]): Promise<string | undefined> {
  const outcomes = await pMap(
    letters,
    ({ kind, receipt }) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: urls.get(kind), ReceiptHandle: receipt })).then(() => '', textOf),
    SIDE_BY_SIDE,
  );
  const reason = outcomes.find((outcome) => outcome !== '');
  return reason === undefined
    ? undefined
    : `events were sent but cannot be deleted (${reason}). The next replay sends them again, which does no harm`;
}

/** Makes messages visible again at once. If that fails, they become visible when their timeout ends. */
async function giveBack({ sqs }: Deployment, urls: Urls, letters: readonly DeadLetter[]): Promise<void> {
  await pMap(
    letters,
    ({ kind, receipt }) =>
      sqs
        .send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: urls.get(kind),
            ReceiptHandle: receipt,
            VisibilityTimeout: 0,
          }),
        )
        .catch(() => undefined),
    SIDE_BY_SIDE,
  );
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
