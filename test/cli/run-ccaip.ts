import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../bin/ccaip.ts', import.meta.url));

/** What a user has after a command: its exit code and what it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** A credential as users set it. */
export const CREDENTIAL = { CCAIP_USERNAME: 'acme', CCAIP_PASSWORD: 'a-secret-token' };

/** Starts the command line in a process of its own, without credentials unless they are given. */
export function start(args: readonly string[], variables: Variables = {}): ChildProcessWithoutNullStreams {
  const none = { CCAIP_USERNAME: undefined, CCAIP_PASSWORD: undefined, CCAIP_DEBUG: undefined };
  const env = { ...process.env, ...none, ...variables };
  return spawn(process.execPath, [SCRIPT, ...args], { env });
}

/** Runs the command line to its end. */
export async function ccaip(args: readonly string[], variables: Variables = {}): Promise<Outcome> {
  const child = start(args, variables);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

/** A new folder; the caller removes it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'ccaip-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The sentences on stderr that a command ends with, each without the name of the program. */
export const complaints = ({ stderr }: Outcome): string[] =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('ccaip: '))
    .map((line) => line.slice('ccaip: '.length));

/** Parses stdout, which has to be one JSON text and nothing else. */
export const jsonFrom = <T>({ stdout }: Outcome): T => JSON.parse(stdout) as T;

/** Starts a simulated contact centre on a free port and waits until it serves. */
export async function startSimulator(...args: string[]) {
  const child = start(['simulate', '--port', '0', '--json', ...args]);
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (printed.includes('\n')) break;
  }
  const { url, username, password } = JSON.parse(printed) as Readonly<Record<string, string>>;
  const end = async (): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode;
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    return code;
  };
  return { url: String(url), authorization: `Basic ${btoa(`${username}:${password}`)}`, end };
}
