import { channel } from 'node:diagnostics_channel';
import { type IngestError, RateLimitedError, TransientError } from '../common/errors.ts';

/** Shorter waits are not worth a word, milliseconds. */
const MIN_ANNOUNCED = 5_000;

const waits = channel('ccaip-ingest.waits');

/**
 * Tells whoever listens that a run waits.
 * @param now @param until milliseconds since the epoch
 * @param why what follows the time in the sentence
 */
export function announceWait(now: number, until: number, why: string): void {
  if (waits.hasSubscribers && until - now >= MIN_ANNOUNCED) waits.publish(`waiting until ${formatTime(until)}: ${why}`);
}

/**
 * Listens to the waits of all runs of this process, one sentence each.
 * @returns ends it
 */
export function onWait(listener: (sentence: string) => void): () => void {
  const subscriber = (message: unknown) => listener(String(message));
  waits.subscribe(subscriber);
  return () => void waits.unsubscribe(subscriber);
}

/**
 * The error of a run that has less time than the platform asks it to wait.
 * @param error what the platform's answer stands for
 * @param until milliseconds since the epoch
 */
export function createWaitError(error: IngestError, place: string, until: number): IngestError {
  const sentence = `${place} asks to wait until ${formatTime(until)} (Retry-After), longer than this run has time: the first run after that continues from here`;
  return error.reason === 'rate_limited' ? new RateLimitedError(sentence) : new TransientError(sentence);
}

/** A time in whole seconds, never too early. @param time milliseconds since the epoch */
export const formatTime = (time: number): string =>
  new Date(Math.ceil(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
