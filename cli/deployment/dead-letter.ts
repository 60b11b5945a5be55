import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type QueueKind, SCHEDULED_TIME } from '../../lib/configuration/resource-names.ts';

/** The part of an event that is needed here. The function checks the rest. */
const eventSchema = z.looseObject({
  endpoint: z.string(),
  tenant: z.looseObject({ name: z.string() }),
  scheduledTime: z.string(),
});

type DeadEvent = z.output<typeof eventSchema>;

/** A message of a dead-letter queue. */
export interface DeadLetter {
  readonly kind: QueueKind;
  readonly id: string;
  /** Handle to delete the message or to make it visible again. */
  readonly receipt: string;
  /** Time when it was sent to the queue, milliseconds since the epoch. */
  readonly sentAt: number;
  /** Reason given by Lambda or the scheduler, or an empty text. */
  readonly reason: string;
  /** The event, or undefined if the body is not an event of this endpoint. */
  readonly event: DeadEvent | undefined;
}

/** Message attributes in which Lambda and EventBridge Scheduler give the reason. */
const REASONS = ['ErrorMessage', 'ERROR_MESSAGE', 'ERROR_CODE', 'ErrorCode'];

/** Parses a message of an endpoint's queue. */
export function parseDeadLetter(message: Message, endpoint: string, kind: QueueKind): DeadLetter {
  const sentAt = Number(message.Attributes?.SentTimestamp ?? 0);
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue;
  const event = eventOf(message.Body ?? '');
  const scheduledTime = attribute('SCHEDULED_TIME') ?? new Date(sentAt).toISOString();
  return {
    kind,
    id: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    sentAt,
    reason: REASONS.map(attribute).find((text) => text !== undefined) ?? '',
    event:
      event?.endpoint !== endpoint
        ? undefined
        : event.scheduledTime === SCHEDULED_TIME
          ? { ...event, scheduledTime }
          : event,
  };
}

function eventOf(body: string): DeadEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Events that one run covers, and the event to send. */
export interface LetterGroup {
  readonly letters: readonly DeadLetter[];
  readonly event: DeadEvent;
}

/**
 * Groups events that differ only in their nominal time and continuation number. A run reads everything since the cursor,
 * so sending the newest event of a group is enough. It starts a new chain of continuations.
 */
export function groupDeadLetters(letters: readonly DeadLetter[]): LetterGroup[] {
  const groups = new Map<string, { letters: DeadLetter[]; event: DeadEvent }>();
  for (const letter of letters) {
    if (letter.event === undefined) continue;
    const { continuation: _, ...event } = letter.event;
    const key = JSON.stringify({ ...event, scheduledTime: null });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { letters: [letter], event });
    else {
      group.letters.push(letter);
      if (event.scheduledTime > group.event.scheduledTime) group.event = event;
    }
  }
  return [...groups.values()];
}
