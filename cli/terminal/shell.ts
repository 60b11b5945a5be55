import { lookup } from 'node:dns/promises';

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What the command line has from the place where it was started. */
export interface Shell {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results. */
  readonly stdout: Output;
  /** For everything else that a person may want to read. */
  readonly stderr: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Address of a host name. @throws Error with a code such as ENOTFOUND */
  readonly lookUp: (host: string) => Promise<string>;
}

/** This process, the clock of this machine and its name server. */
export const processShell = (): Shell => ({
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  lookUp: async (host) => (await lookup(host)).address,
});
