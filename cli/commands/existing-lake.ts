import { access, constants } from 'node:fs/promises';
import { locateLake } from '../../local/aws/local-aws.ts';
import { readErrorCode } from '../../local/aws/local-aws-error.ts';
import { CommandError } from '../terminal/failure.ts';

/**
 * Finds the lake of a folder.
 * @throws CommandError if nothing was ingested into the folder, or if it cannot be read
 */
export async function requireLake(folder: string, hint = ''): Promise<string> {
  const lake = locateLake(folder);
  try {
    await access(lake, constants.R_OK | constants.X_OK);
    return lake;
  } catch (error) {
    throw new CommandError(
      ['EACCES', 'EPERM'].includes(readErrorCode(error))
        ? `cannot read ${folder}. Change its permissions or choose another folder with --dir`
        : `nothing was ingested into ${folder}. Run ccaip demo or ccaip run first, or point --dir to the folder of a run${hint}`,
    );
  }
}
