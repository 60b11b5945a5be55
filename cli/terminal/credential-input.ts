import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { CommandError, UsageError } from './failure.ts';
import type { Shell } from './shell.ts';

/** User name and password of a tenant's API credential. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

const jsonSchema = z.object({ username: z.string().trim().min(1), password: z.string().trim().min(1) });

/**
 * Parses a piped credential: `{"username": ..., "password": ...}`, or the password alone if the user name is known.
 * @throws UsageError if it is neither. The message never shows the input
 */
export function parsePiped(piped: string, username: string | undefined): Credential {
  const words = piped.trim();
  if (words.startsWith('{')) {
    const credential = jsonSchema.safeParse(jsonOf(words)).data;
    if (credential === undefined)
      throw new UsageError('standard input must be a JSON object with a username and a password that are not empty');
    return credential;
  }
  if (username === undefined)
    throw new UsageError(
      'standard input must be {"username": "<subdomain>", "password": "<API credential token>"}, or the token alone with --username',
    );
  if (words === '' || /\s/.test(words)) throw new UsageError('standard input must be the token on one line');
  return { username, password: words };
}

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

export const readPiped = async ({ stdin }: Shell, username: string | undefined): Promise<Credential> =>
  parsePiped(await text(stdin), username);

/** Asks for a credential on the terminal. Never shows the password. */
export async function askForCredential(shell: Shell, username: string): Promise<Credential> {
  const { input, password } = await import('@inquirer/prompts');
  const isGiven = (answer: string) => answer.trim() !== '' || 'It must not be empty';
  return answered(async () => ({
    username: (
      await input({ message: 'User name (the subdomain)', default: username, validate: isGiven }, onTerminal(shell))
    ).trim(),
    password: (
      await password({ message: 'API credential token', mask: '*', validate: isGiven }, onTerminal(shell))
    ).trim(),
  }));
}

/** Asks a yes-or-no question on the terminal. The default is no. */
export async function confirm(shell: Shell, message: string): Promise<boolean> {
  const { confirm } = await import('@inquirer/prompts');
  return answered(() => confirm({ message, default: false }, onTerminal(shell)));
}

// stdout is reserved for results
const onTerminal = ({ stdin, stderr }: Shell) => ({ input: stdin, output: stderr });

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new CommandError('interrupted. Nothing was written', { cause: error });
    throw error;
  }
}
