import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { QueueKind } from '../../lib/configuration/resource-names.ts';

/** What of an event has to be known here; the function checks the rest. */
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
  /** What deletes it or gives it back. */
  readonly receipt: string;
  /** When it came into the queue, milliseconds since the epoch. */
  readonly sentAt: number;
  /** Why it is here, as Lambda or the scheduler says; empty if they say nothing. */
  readonly reason: string;
  /** The event; undefined if the body is none of this endpoint. */
  readonly event: DeadEvent | undefined;
}

/** Lambda and EventBridge Scheduler say what happened in attributes of their own. */
const REASONS = ['ErrorMessage', 'ERROR_MESSAGE', 'ERROR_CODE', 'ErrorCode'];

/** The scheduler's placeholder, in case it gave up on an event before it put the time in. */
const PLACEHOLDER = '<aws.scheduler.scheduled-time>';

/** Reads a message of an endpoint's queue. */
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
        : event.scheduledTime === PLACEHOLDER
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

/** Events that one run makes good, and the one to send. */
export interface LetterGroup {
  readonly letters: readonly DeadLetter[];
  readonly event: DeadEvent;
}

/**
 * Puts events together that differ in nothing but their nominal time and how often they were continued: a run takes
 * everything since the cursor, so that the newest of them is enough. It starts a new chain of continuations.
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
