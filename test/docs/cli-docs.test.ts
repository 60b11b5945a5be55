import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/program.ts';

const documents = ['README.md', 'docs/cli.md'].map((path) => readFileSync(path, 'utf8')).join('\n');

/** Commands that do something, by the words they are called with. */
const commandsBelow = (command: Command, path: string): { path: string; command: Command }[] =>
  command.commands.flatMap((below) => {
    const name = `${path} ${below.name()}`;
    return below.commands.length > 0 ? commandsBelow(below, name) : [{ path: name, command: below }];
  });

const commands = commandsBelow(await createProgram(), 'ccaip');

describe.each(commands)('$path', ({ path, command }) => {
  it('is described in README.md or docs/cli.md', () => {
    expect(documents).toContain(path);
  });

  it('accepts --json and has a purpose in one line', () => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
    expect(command.summary()).toMatch(/^.{10,90}$/);
  });
});

it('finds the commands below commands as well', () => {
  expect(commands.map(({ path }) => path)).toEqual(expect.arrayContaining(['ccaip run', 'ccaip dlq replay']));
});
