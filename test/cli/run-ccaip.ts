import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../bin/ccaip.ts', import.meta.url));

/** Exit code and output of a command. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** A credential as users set it. */
export const CREDENTIAL = { CCAIP_USERNAME: 'acme', CCAIP_PASSWORD: 'a-secret-token' };

/** Starts the command line in its own process. Of the AWS and CCAIP environment variables it gets only these. */
export function start(args: readonly string[], variables: Variables = {}): ChildProcessWithoutNullStreams {
  const others = Object.entries(process.env).filter(([name]) => !/^(AWS|CCAIP)_/.test(name));
  const env = { ...Object.fromEntries(others), ...variables };
  return spawn(process.execPath, [SCRIPT, ...args], { env });
}

/** Collects the output of a process. */
export function printed(stream: Readable) {
  let so = '';
  stream.on('data', (chunk) => {
    so += chunk;
  });
  return {
    all: once(stream, 'close').then(() => so),
    /** Waits until the process has printed these words. */
    until: async (words: string) => {
      while (!so.includes(words)) await once(stream, 'data');
    },
  };
}

/** Runs the command line to its end. */
export async function ccaip(args: readonly string[], variables: Variables = {}): Promise<Outcome> {
  const child = start(args, variables);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

/** Creates a folder. The caller removes it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'ccaip-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The error lines on stderr, without the name of the program. */
export const complaints = ({ stderr }: Outcome): string[] =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('ccaip: '))
    .map((line) => line.slice('ccaip: '.length));

/** Parses stdout, which must be exactly one JSON text. */
export const jsonFrom = <T>({ stdout }: Outcome): T => JSON.parse(stdout) as T;

/** Starts a simulated contact centre on a free port and waits until it serves. */
export async function startSimulator(...args: string[]) {
  const child = start(['simulate', '--port', '0', '--json', ...args]);
  const ended = once(child, 'close').then(([code]): number | null => code);
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (printed.includes('\n')) break;
  }
  const { url, username, password } = JSON.parse(printed) as Readonly<Record<string, string>>;
  const end = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url: String(url), authorization: `Basic ${btoa(`${username}:${password}`)}`, end };
}
