import { runProgram } from '../../../cli/program.ts';

// Runs the command line in a process of its own and says when it is done.
const args: string[] = JSON.parse(process.argv[2] ?? '[]');
process.send?.(await runProgram(args));
process.exit();
