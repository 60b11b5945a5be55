const FENCE = /^( *)(`{3,})[\s\S]*?^ *\2`*[^\S\n]*$/gm;
const COMMENT = /<!--[\s\S]*?-->/g;
const INDENTED_CODE = /(?<=\n *\n)(?: {4,}(?![-*] |\d+\. )\S.*(?:\n *(?=\n))*\n?)+/g;
const INLINE_CODE = /(`+)[^`](?:(?!\n *\n)[\s\S])*?\1/g;
const LINK_TARGET = /\]\([^)\s]*\)/g;
const GENERATED = /<!-- (\w+): written by [\s\S]*?<!-- end of \1 -->/g;

const keepLines = (text: string, replacement = ''): string => replacement + text.replaceAll(/[^\n]/g, '');

/** A page without what a program writes into it. Lines keep their numbers. */
export const removeGenerated = (markdown: string): string => markdown.replaceAll(GENERATED, (text) => keepLines(text));

/** The sentences of a page: no code blocks, comments or link targets, and `x` for each piece of code. Lines keep their numbers. */
export function extractProse(markdown: string): string {
  return removeGenerated(markdown)
    .replaceAll(COMMENT, (text) => keepLines(text))
    .replaceAll(FENCE, (text) => keepLines(text))
    .replaceAll(INDENTED_CODE, (text) => keepLines(text))
    .replaceAll(INLINE_CODE, (text) => keepLines(text, 'x'))
    .replaceAll(LINK_TARGET, ']');
}

/** A run of prose that belongs together: a paragraph, a heading, an item of a list or a cell of a table. */
export interface Block {
  readonly text: string;
  /** Its first line, from 1. */
  readonly line: number;
}

const STARTS_BLOCK = /^\s*(?:[-*] |\d+\. |#{1,6} )/;

/** The blocks of a text without code. */
export function splitBlocks(prose: string): Block[] {
  const blocks: { text: string; line: number }[] = [];
  let open = false;
  for (const [index, content] of prose.split('\n').entries()) {
    const line = index + 1;
    const text = content.trim();
    if (text.startsWith('|')) {
      for (const cell of text.split('|')) if (cell.trim() !== '') blocks.push({ text: cell.trim(), line });
      open = false;
    } else if (text === '') open = false;
    else {
      const last = blocks.at(-1);
      const own = text.replace(STARTS_BLOCK, '');
      if (open && last !== undefined && !STARTS_BLOCK.test(content)) last.text += ` ${own}`;
      else blocks.push({ text: own, line });
      open = !text.startsWith('#');
    }
  }
  return blocks;
}

/** The sentences of a block. */
export const splitSentences = (text: string): string[] =>
  text
    .split(/(?<=[.?!][)*"]*)\s+(?=["*(_[]*[A-Zx\d])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
