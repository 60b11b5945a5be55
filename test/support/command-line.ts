import { main } from '../../cli/program.ts';

/** What a user has after a command. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with nothing but these environment variables of AWS; quicker than a process. */
export async function commandLine(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const environment = process.env;
  const { stdout, stderr } = process;
  const writers = { stdout: stdout.write, stderr: stderr.write };
  const printed = { stdout: '', stderr: '' };
  const record = (stream: 'stdout' | 'stderr') => (chunk: unknown) => {
    printed[stream] += String(chunk);
    return true;
  };
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'));
  process.env = { ...Object.fromEntries(others), ...variables };
  stdout.write = record('stdout') as typeof stdout.write;
  stderr.write = record('stderr') as typeof stderr.write;
  try {
    return { code: await main(args), ...printed };
  } finally {
    Object.assign(stdout, { write: writers.stdout });
    Object.assign(stderr, { write: writers.stderr });
    process.env = environment;
  }
}
