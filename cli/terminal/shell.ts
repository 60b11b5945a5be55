import { lookup } from 'node:dns/promises';

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The environment of the command line. */
export interface Shell {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results. */
  readonly stdout: Output;
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
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  lookUp: async (host) => (await lookup(host)).address,
});
