import { access, constants } from 'node:fs/promises';
import { locateLake } from '../../local/aws/local-aws.ts';
import { readErrorCode } from '../../local/aws/local-aws-error.ts';
import { CommandError } from '../terminal/failure.ts';

/**
 * The lake of a folder in which something was ingested.
 * @throws CommandError if there is none, or it must not be read
 */
export async function requireLake(folder: string, hint = ''): Promise<string> {
  const lake = locateLake(folder);
  try {
    await access(lake, constants.R_OK | constants.X_OK);
    return lake;
  } catch (error) {
    throw new CommandError(
      ['EACCES', 'EPERM'].includes(readErrorCode(error))
        ? `${folder} cannot be read: change its permissions or choose another folder with --dir`
        : `there is nothing ingested in ${folder}: run ccaip demo or ccaip run first, or point --dir to the folder of a run${hint}`,
    );
  }
}
