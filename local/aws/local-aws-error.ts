/** The embedded AWS cannot start in a folder; the message is one sentence that says what to do. */
export class LocalAwsError extends Error {
  override readonly name = 'LocalAwsError';
}

/** The code of a Node.js system error, e.g. `EACCES`; an empty string for any other error. */
export function readErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
