#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { ignoreClosedPipes } from '../cli/terminal/closed-pipe.ts';

// records contain personal data, so only the user of this process can read the files that it creates
process.umask(0o077);
ignoreClosedPipes(process.stdout, process.stderr);
// loading the modules of a command takes half the time if they need not be compiled
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'));
const { runProgram } = await import('../cli/program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
