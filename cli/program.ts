import { Command, CommanderError } from 'commander';
import project from '../package.json' with { type: 'json' };
import { createBackfillCommand } from './commands/backfill/backfill-command.ts';
import { curateCommand } from './commands/curate-command.ts';
import { createDemoCommand } from './commands/demo/demo-command.ts';
import { createDlqCommand } from './commands/dlq-command.ts';
import { createDoctorCommand } from './commands/doctor-command.ts';
import { explainCommand } from './commands/explain-command.ts';
import { createQueryCommand } from './commands/query-command.ts';
import { replayCommand } from './commands/replay/replay-command.ts';
import { reportCommand } from './commands/report-command.ts';
import { runCommand } from './commands/run/run-command.ts';
import { createSecretCommand } from './commands/secret-command.ts';
import { simulateCommand } from './commands/simulate-command.ts';
import { createStatusCommand } from './commands/status/status-command.ts';
import { createTruthCommand } from './commands/truth-command.ts';
import { chooseExitCode, describeError, EXIT, SilentFailure, UsageError } from './terminal/failure.ts';
import { processShell, type Shell } from './terminal/shell.ts';

const HELP = `
Start with:
  $ ccaip demo                 two weeks of a simulated contact centre, ingested and asked
  $ ccaip query --list         questions that come with it
  $ ccaip run --help           a real tenant, from this machine

Exit codes: 0 ok, 1 failed, 2 called wrongly. CCAIP_DEBUG=1 shows stack traces.`;

/** The command line. */
export function createProgram(shell: Shell = processShell()): Command {
  const program = new Command('ccaip')
    .description('Ingests Google CCAI Platform reporting data and answers questions about it, on this machine.')
    .version(project.version)
    .addHelpText('after', HELP);
  for (const command of [
    createDemoCommand(shell),
    runCommand(shell),
    createBackfillCommand(shell),
    createQueryCommand(shell),
    reportCommand(shell),
    curateCommand(shell),
    createStatusCommand(shell),
    explainCommand(shell),
    replayCommand(shell),
    simulateCommand(shell),
    createTruthCommand(shell),
    createDoctorCommand(shell),
    createSecretCommand(shell),
    createDlqCommand(shell),
  ])
    program.addCommand(command);
  settle(shell, program, program.name());
  return program;
}

/** Lets a command and those below it end with our exit codes, and tell where their help is. */
function settle(shell: Shell, command: Command, path: string): void {
  const { stdout, stderr } = shell;
  command
    .exitOverride()
    .showHelpAfterError(`(see ${path} --help)`)
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  for (const below of command.commands) settle(shell, below, `${path} ${below.name()}`);
}

/**
 * Runs the command line.
 * @param args without the names of Node.js and the script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], shell: Shell = processShell()): Promise<number> {
  const program = createProgram(shell);
  try {
    if (args.length === 0) throw new UsageError('which command? See ccaip --help');
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // commander has printed its own errors, help texts and suggestions already
    if (!(error instanceof CommanderError || error instanceof SilentFailure))
      shell.stderr.write(`ccaip: ${describeError(error, shell.environment)}\n`);
    return chooseExitCode(error);
  }
}
