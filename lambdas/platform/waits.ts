import { channel } from 'node:diagnostics_channel';
import { type IngestError, RateLimitedError, TransientError } from '../common/errors.ts';

/** Shorter waits are not announced, milliseconds. */
const MIN_ANNOUNCED = 5_000;

const waits = channel('ccaip-ingest.waits');

/**
 * Announces a wait of a run to all subscribers.
 * @param now @param until milliseconds since the epoch
 * @param why the reason, written after the time
 */
export function announceWait(now: number, until: number, why: string): void {
  if (waits.hasSubscribers && until - now >= MIN_ANNOUNCED) waits.publish(`waiting until ${formatTime(until)}: ${why}`);
}

/**
 * Subscribes to the waits of all runs of this process. The listener gets one sentence per wait.
 * @returns a function that ends the subscription
 */
export function onWait(listener: (sentence: string) => void): () => void {
  const subscriber = (message: unknown) => listener(String(message));
  waits.subscribe(subscriber);
  return () => void waits.unsubscribe(subscriber);
}

/**
 * Creates the error of a run whose remaining time is shorter than the wait that the platform asks for.
 * @param error the error of the platform's answer
 * @param until milliseconds since the epoch
 */
export function createWaitError(error: IngestError, place: string, until: number): IngestError {
  const sentence = `${place} asks to wait until ${formatTime(until)} (Retry-After), longer than this run has time: the first run after that continues from here`;
  return error.reason === 'rate_limited' ? new RateLimitedError(sentence) : new TransientError(sentence);
}

/** Formats a time in whole seconds, rounded up. @param time milliseconds since the epoch */
export const formatTime = (time: number): string =>
  new Date(Math.ceil(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
