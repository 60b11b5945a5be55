import { readErrorCode } from '../../local/aws/local-aws-error.ts';

/**
 * Lets a command finish silently if its reader closed the pipe, as `| head` does. Further output is dropped. All other work of the
 * command is completed.
 */
export function ignoreClosedPipes(...outputs: readonly NodeJS.WritableStream[]): void {
  for (const output of outputs)
    output.on('error', (error) => {
      if (readErrorCode(error) !== 'EPIPE') throw error;
    });
}
