import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Checkpoint } from '../../lambdas/ledger/checkpoint.ts';
import type { ReplayEvent } from '../../lambdas/replay/replay-event.ts';
import { CommandError } from '../terminal/failure.ts';

/** Milliseconds between two reads of the progress. */
export const PAUSE = 2_000;

/** A started function that writes nothing for this time has failed, milliseconds. */
const SILENCE = 120_000;

interface Followed<Report> {
  readonly lambda: LambdaClient;
  readonly functionName: string;
  readonly event: ReplayEvent;
  readonly now: () => number;
  /** Milliseconds between two reads of the progress. */
  readonly pause: number;
  /** Reads the checkpoint of the replay or rebuild. */
  readonly read: () => Promise<Checkpoint | undefined>;
  /** Reads the report in a position. */
  readonly parse: (position: string) => Report;
  readonly onProgress: (report: Report) => void;
}

/**
 * Starts the replay function and follows its progress in the state table.
 * @returns the last report; undefined if there is none
 * @throws CommandError if it fails, or does not start
 */
export async function followRun<Report>(followed: Followed<Report>): Promise<Report | undefined> {
  const { lambda, functionName, event, now, pause, read, parse, onProgress } = followed;
  const name = event.state === true ? 'rebuild' : 'replay';
  const before = await read();
  if (before !== undefined && before.leaseUntil > now())
    throw new CommandError(`another ${name} is running. Try again when it has ended. ccaip status shows it`);
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
  for (let silence = 0; ; silence += pause) {
    await sleep(pause);
    const checkpoint = await read();
    if (checkpoint === undefined || checkpoint.fencingToken === before?.fencingToken) {
      if (silence < SILENCE) continue;
      throw new CommandError(
        `function ${functionName} was started but does not report progress. Check its log and the queue ${functionName}-failed`,
      );
    }
    const report = checkpoint.position === undefined ? undefined : parse(checkpoint.position);
    if (report !== undefined) onProgress(report);
    if (checkpoint.leaseUntil > 0) continue;
    const { outcome, error } = checkpoint.lastRun ?? {};
    if (outcome === 'failed') throw new CommandError(`the ${name} failed: ${error}`);
    if (outcome === 'done') return report;
  }
}

/** Invokes a function and waits. @returns its answer as JSON text @throws CommandError if it fails */
export async function askFunction(lambda: LambdaClient, functionName: string, event: ReplayEvent): Promise<string> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }));
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  if (answer.FunctionError !== undefined)
    throw new CommandError(`function ${functionName} failed (${answer.FunctionError}): ${text}`);
  return text;
}
