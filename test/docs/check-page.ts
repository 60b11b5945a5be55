import { findDeadLinks } from './dead-links.ts';
import { findWrongCommands } from './documented-commands.ts';
import { type Finding, findLine } from './page-finding.ts';
import { findHardSentences, findPhrases } from './plain-english.ts';
import { extractProse, removeGenerated } from './prose.ts';
import { findUndatedFigures } from './undated-figures.ts';

/** Most characters of a line. */
export const MAX_LINE = 160;

/** Everything about a page that a program can check. */
export async function checkPage(path: string, markdown: string): Promise<Finding[]> {
  const prose = extractProse(markdown);
  const links = findDeadLinks(path, markdown).map((link) => ({
    line: findLine(markdown, markdown.indexOf(`(${link}`)),
    message: `the link ${link} leads nowhere`,
  }));
  return [
    ...findLongLines(markdown),
    ...findPhrases(prose),
    ...findHardSentences(prose),
    ...findUndatedFigures(markdown),
    ...links,
    ...(await findWrongCommands(markdown)),
  ].toSorted((a, b) => a.line - b.line);
}

/** What is checked in code: phrases of comments, messages and names of tests. */
export const checkCode = (text: string): Finding[] => findPhrases(text);

function findLongLines(markdown: string): Finding[] {
  return removeGenerated(markdown)
    .split('\n')
    .flatMap((text, index) =>
      text.length > MAX_LINE ? [{ line: index + 1, message: `${text.length} characters, at most ${MAX_LINE}` }] : [],
    );
}
