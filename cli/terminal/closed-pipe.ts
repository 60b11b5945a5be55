import { readErrorCode } from '../../local/aws/local-aws-error.ts';

/**
 * Lets a command whose reader closed the pipe, as `| head` does, come to its end without a word. What it still prints is dropped;
 * what it does beside printing is completed.
 */
export function ignoreClosedPipes(...outputs: readonly NodeJS.WritableStream[]): void {
  for (const output of outputs)
    output.on('error', (error) => {
      if (readErrorCode(error) !== 'EPIPE') throw error;
    });
}
