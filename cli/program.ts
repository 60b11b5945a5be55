import { Command, CommanderError } from 'commander';
import project from '../package.json' with { type: 'json' };
import { createAuditCommand } from './commands/audit/audit-command.ts';
import { createBackfillCommand } from './commands/backfill/backfill-command.ts';
import { curateCommand } from './commands/curate-command.ts';
import { createDemoCommand } from './commands/demo/demo-command.ts';
import { createDlqCommand } from './commands/dlq-command.ts';
import { createDoctorCommand } from './commands/doctor-command.ts';
import { explainCommand } from './commands/explain-command.ts';
import { createQueryCommand } from './commands/query-command.ts';
import { createRebuildCommand } from './commands/rebuild/rebuild-command.ts';
import { reconcileCommand } from './commands/reconcile-command.ts';
import { replayCommand } from './commands/replay/replay-command.ts';
import { reportCommand } from './commands/report-command.ts';
import { runCommand } from './commands/run/run-command.ts';
import { createSecretCommand } from './commands/secret-command.ts';
import { simulateCommand } from './commands/simulate-command.ts';
import { createStatusCommand } from './commands/status/status-command.ts';
import { createTruthCommand } from './commands/truth-command.ts';
import { chooseExitCode, describeError, EXIT, SilentFailure } from './terminal/failure.ts';
import { processShell, type Shell } from './terminal/shell.ts';

const HELP = `
Exit codes: 0 ok, 1 failed, 2 bad usage. Set CCAIP_DEBUG=1 to see stack traces.`;

const FIRST_STEPS = `Start with:
  ccaip demo          ingest two weeks of a simulated contact centre and query them
  ccaip run --help    ingest your own tenant on this machine
  ccaip --help        list all commands
`;

/** The command line. */
export function createProgram(shell: Shell = processShell()): Command {
  const program = new Command('ccaip')
    .description('Ingests Google CCAI Platform reporting data and answers questions about it.')
    .version(project.version, '-V, --version', 'print the version')
    .addHelpText('after', HELP);
  const groups: Readonly<Record<string, readonly Command[]>> = {
    'Start here:': [createDemoCommand(shell), runCommand(shell)],
    'Ask:': [
      createQueryCommand(shell),
      reportCommand(shell),
      explainCommand(shell),
      reconcileCommand(shell),
      curateCommand(shell),
    ],
    'Operate:': [
      createStatusCommand(shell),
      createDoctorCommand(shell),
      createAuditCommand(shell),
      createBackfillCommand(shell),
      replayCommand(shell),
      createRebuildCommand(shell),
      createDlqCommand(shell),
      createSecretCommand(shell),
    ],
    'Develop:': [simulateCommand(shell), createTruthCommand(shell)],
  };
  program.commandsGroup('Start here:');
  for (const [heading, commands] of Object.entries(groups))
    for (const command of commands) program.addCommand(command.helpGroup(heading));
  settle(shell, program, program.name());
  return program;
}

/** Makes a command and its subcommands end with our exit codes and point to their help. */
function settle(shell: Shell, command: Command, path: string): void {
  const { stdout, stderr } = shell;
  if (command.commands.length > 0) command.helpCommand('help [command]', 'show the help of a command');
  command
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ subcommandTerm: (below) => below.name() })
    .showHelpAfterError(`(see ${path} --help)`)
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) });
  for (const below of command.commands) settle(shell, below, `${path} ${below.name()}`);
}

/**
 * Runs the command line.
 * @param args the arguments after the names of Node.js and the script
 * @returns the exit code
 */
export async function runProgram(args: readonly string[], shell: Shell = processShell()): Promise<number> {
  const program = createProgram(shell);
  try {
    if (args.length === 0) {
      shell.stderr.write(FIRST_STEPS);
      return EXIT.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // commander prints its own errors, help texts and suggestions
    if (!(error instanceof CommanderError || error instanceof SilentFailure))
      shell.stderr.write(`ccaip: ${describeError(error, shell.environment)}\n`);
    return chooseExitCode(error);
  }
}
