import { CommanderError } from 'commander';
import { IngestError } from '../../lambdas/common/errors.ts';
import { LocalAwsError } from '../../local/aws/local-aws-error.ts';
import type { Shell } from './shell.ts';

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The command cannot be done; the message is one sentence that says what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command was called wrongly. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** The command said everything already: nothing is left but its exit code. */
export class SilentFailure extends Error {
  override readonly name = 'SilentFailure';
}

const EXPECTED = new Set(['QueryError', 'LakeNotFoundError', 'RangeError']);

/** What to print for an error: one sentence, or its stack trace if `CCAIP_DEBUG` is 1. */
export function describeError(error: unknown, { CCAIP_DEBUG: debug }: Shell['environment']): string {
  if (!(error instanceof Error)) return String(error);
  if (debug === '1') return error.stack ?? error.message;
  if (isExpected(error)) return error.message;
  return `unexpected error: ${error.message} (CCAIP_DEBUG=1 shows where)`;
}

const isExpected = (error: Error) =>
  error instanceof CommandError ||
  error instanceof LocalAwsError ||
  error instanceof IngestError ||
  EXPECTED.has(error.name);

/** The exit code for an error; what commander throws after `--help` and `--version` is none. */
export function chooseExitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
