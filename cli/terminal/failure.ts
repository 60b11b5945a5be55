import { CommanderError } from 'commander';
import { IngestError } from '../../lambdas/common/errors.ts';
import { LocalAwsError } from '../../local/aws/local-aws-error.ts';
import { toPrintable } from './printable.ts';
import type { Shell } from './shell.ts';

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The command failed. The message says what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command was used wrongly. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** The command failed and has already printed why. Only the exit code is left. */
export class SilentFailure extends Error {
  override readonly name = 'SilentFailure';
}

const EXPECTED = new Set(['QueryError', 'LakeNotFoundError', 'RangeError']);

/** Describes an error on one line, or with its stack trace if `CCAIP_DEBUG` is 1. */
export const describeError = (error: unknown, environment: Shell['environment']): string =>
  toPrintable(describe(error, environment));

function describe(error: unknown, { CCAIP_DEBUG: debug }: Shell['environment']): string {
  if (!(error instanceof Error)) return String(error);
  if (debug === '1') return error.stack ?? error.message;
  if (isExpected(error)) return error.message;
  return `unexpected error: ${error.message} (set CCAIP_DEBUG=1 to see the stack trace)`;
}

const isExpected = (error: Error) =>
  error instanceof CommandError ||
  error instanceof LocalAwsError ||
  error instanceof IngestError ||
  EXPECTED.has(error.name);

/** Chooses the exit code for an error. What commander throws after `--help` and `--version` is not a failure. */
export function chooseExitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
