#!/usr/bin/env node
import { runProgram } from '../cli/program.ts';
import { ignoreClosedPipes } from '../cli/terminal/closed-pipe.ts';

// records contain personal data, so only the user of this process can read the files that it creates
process.umask(0o077);
ignoreClosedPipes(process.stdout, process.stderr);
process.exitCode = await runProgram(process.argv.slice(2));
