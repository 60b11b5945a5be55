#!/usr/bin/env node
import { runProgram } from '../cli/program.ts';
import { ignoreClosedPipes } from '../cli/terminal/closed-pipe.ts';

ignoreClosedPipes(process.stdout, process.stderr);
process.exitCode = await runProgram(process.argv.slice(2));
