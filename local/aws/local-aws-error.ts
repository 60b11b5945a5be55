/** The embedded AWS cannot start in a folder. The message says what to do. */
export class LocalAwsError extends Error {
  override readonly name = 'LocalAwsError';
}

/** Reads the code of a Node.js system error, e.g. `EACCES`. Returns an empty string for any other error. */
export function readErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
