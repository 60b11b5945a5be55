import { runProgram } from '../../../cli/program.ts';

// Runs the command line in a separate process and reports when it is done.
const args: string[] = JSON.parse(process.argv[2] ?? '[]');
process.send?.(await runProgram(args));
process.exit();
