import { lookup } from 'node:dns/promises';
import { toPrintable } from './printable.ts';

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Takes text for a terminal, a pipe or a file. */
interface TextOutput {
  readonly columns?: number;
  write(text: string): boolean;
}

/** The environment of the command line. */
export interface Shell {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results. It has nothing that a terminal would obey. */
  readonly stdout: TextOutput;
  /** For progress, notes and errors. */
  readonly stderr: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves a host name to an address. @throws Error with a code such as ENOTFOUND */
  readonly lookUp: (host: string) => Promise<string>;
}

/** The shell of this process, with this machine's clock and name server. */
export const processShell = (): Shell => ({
  environment: process.env,
  stdin: process.stdin,
  stdout: {
    columns: process.stdout.columns,
    write: (text) => process.stdout.write(toPrintable(text)),
  },
  stderr: process.stderr,
  now: Date.now,
  lookUp: async (host) => (await lookup(host)).address,
});
