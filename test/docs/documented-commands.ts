import { type Command, CommanderError } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { type Finding, findLine } from './page-finding.ts';

const PLACEHOLDERS: Readonly<Record<string, string>> = { subdomain: 'acme', domain: 'example.com', endpoint: 'call' };
const BLOCK = /^( *)(`{3,}).*\n[\s\S]*?^ *\2`*[^\S\n]*$|(?<=\n *\n)(?: {4,}\S.*\n?)+/gm;
const CALL = /(?:^|[`|;&$] *)\s*(?:npx )?ccaip\s+((?:[^\n`|;&<>#"'\\]|\\\n|"[^"]*"|'[^']*'|<[^>\n]*>)*)/gm;
const INLINE = /`(?:npx )?ccaip [^`]+/g;
const WORD = /"([^"]*)"|'([^']*)'|(\S+)/g;

/** What only says that a mention leaves something out. */
const INCOMPLETE = new Set(['commander.missingArgument', 'commander.missingMandatoryOptionValue', 'commander.help']);

/** Words of a command line; `[...]` is optional and taken as given, `<name>` stands for a value. */
function splitWords(text: string): string[] {
  const filled = text
    .replaceAll('\\\n', ' ')
    .replaceAll(/\[(-[^\]]*)\]/g, '$1')
    .replaceAll(/<([\w -]+)>/g, (_, name: string) => PLACEHOLDERS[name] ?? 'x')
    .replaceAll(/(\w)(?:\|\w+)+/g, '$1');
  return [...filled.matchAll(WORD)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}

/** A program that parses and does nothing. */
async function createParser(): Promise<Command> {
  const program = await createProgram();
  const silence = (command: Command): void => {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    command.commands.forEach(silence);
  };
  silence(program);
  return program;
}

/** Why a command line is not accepted; undefined if it is. */
async function explain(words: readonly string[], isMention: boolean): Promise<string | undefined> {
  try {
    await (await createParser()).parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || (isMention && INCOMPLETE.has(error.code))) return undefined;
    return error.message.replace(/^error: /, '');
  }
}

interface Mention {
  readonly text: string;
  readonly index: number;
  readonly isMention: boolean;
}

/** Calls of the command line in the pieces of a page that a pattern matches. */
const findCalls = (markdown: string, pattern: RegExp, isMention: boolean): Mention[] =>
  [...markdown.matchAll(pattern)].flatMap((piece) =>
    [...piece[0].matchAll(CALL)].map(({ 1: text = '', index }) => ({ text, index: piece.index + index, isMention })),
  );

/** Commands of a page that the command line does not accept. In running text, arguments may be left out. */
export async function findWrongCommands(markdown: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { text, index, isMention } of [
    ...findCalls(markdown, BLOCK, false),
    ...findCalls(markdown, INLINE, true),
  ]) {
    const words = splitWords(text);
    // "ccaip <command>" speaks of any command
    if (words[0] === undefined || words[0] === 'x') continue;
    const reason = await explain(words, isMention);
    if (reason !== undefined)
      findings.push({ line: findLine(markdown, index), message: `ccaip ${text.trim()}: ${reason}` });
  }
  return findings;
}
