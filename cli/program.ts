import { Command, CommanderError } from 'commander';
import project from '../package.json' with { type: 'json' };
import { chooseExitCode, describeError, EXIT, SilentFailure } from './terminal/failure.ts';
import { processShell, type Shell } from './terminal/shell.ts';

const HELP = `
Exit codes: 0 ok, 1 failed, 2 bad usage. Set CCAIP_DEBUG=1 to see stack traces.`;

const FIRST_STEPS = `Start with:
  ccaip demo          ingest two weeks of a simulated contact centre and query them
  ccaip run --help    ingest your own tenant on this machine
  ccaip --help        list all commands
`;

type CommandFactory = (shell: Shell) => Command;

/** The commands in the groups of the help. The modules of a command are loaded when it is called, because loading all takes longer. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, () => Promise<CommandFactory>>>>> = {
  'Start here:': {
    demo: async () => (await import('./commands/demo/demo-command.ts')).createDemoCommand,
    run: async () => (await import('./commands/run/run-command.ts')).runCommand,
  },
  'Ask:': {
    query: async () => (await import('./commands/query-command.ts')).createQueryCommand,
    report: async () => (await import('./commands/report-command.ts')).reportCommand,
    explain: async () => (await import('./commands/explain-command.ts')).explainCommand,
    reconcile: async () => (await import('./commands/reconcile-command.ts')).reconcileCommand,
    curate: async () => (await import('./commands/curate-command.ts')).curateCommand,
  },
  'Operate:': {
    status: async () => (await import('./commands/status/status-command.ts')).createStatusCommand,
    doctor: async () => (await import('./commands/doctor-command.ts')).createDoctorCommand,
    audit: async () => (await import('./commands/audit/audit-command.ts')).createAuditCommand,
    backfill: async () => (await import('./commands/backfill/backfill-command.ts')).createBackfillCommand,
    replay: async () => (await import('./commands/replay/replay-command.ts')).replayCommand,
    rebuild: async () => (await import('./commands/rebuild/rebuild-command.ts')).createRebuildCommand,
    dlq: async () => (await import('./commands/dlq-command.ts')).createDlqCommand,
    secret: async () => (await import('./commands/secret-command.ts')).createSecretCommand,
  },
  'Develop:': {
    simulate: async () => (await import('./commands/simulate-command.ts')).simulateCommand,
    truth: async () => (await import('./commands/truth-command.ts')).createTruthCommand,
  },
};

/**
 * The command line.
 * @param only the command to load. @default - all, which help and suggestions need
 */
export async function createProgram(shell: Shell = processShell(), only?: string): Promise<Command> {
  const program = new Command('ccaip')
    .description('Ingests Google CCAI Platform reporting data and answers questions about it.')
    .version(project.version, '-V, --version', 'print the version')
    .addHelpText('after', HELP);
  program.commandsGroup(Object.keys(GROUPS)[0] ?? '');
  for (const [heading, commands] of Object.entries(GROUPS))
    for (const [name, load] of Object.entries(commands)) {
      if (only !== undefined && name !== only) continue;
      const create = await load();
      program.addCommand(create(shell).helpGroup(heading));
    }
  settle(shell, program, program.name());
  return program;
}

/** Finds the command that the arguments name first. @returns undefined if they name no command */
const findCommand = ([first = '']: readonly string[]): string | undefined =>
  Object.values(GROUPS).some((commands) => Object.hasOwn(commands, first)) ? first : undefined;

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
  if (args.length === 0) {
    shell.stderr.write(FIRST_STEPS);
    return EXIT.usage;
  }
  const program = await createProgram(shell, findCommand(args));
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // commander prints its own errors, help texts and suggestions
    if (!(error instanceof CommanderError || error instanceof SilentFailure))
      shell.stderr.write(`ccaip: ${describeError(error, shell.environment)}\n`);
    return chooseExitCode(error);
  }
}
