import { type Finding, findLine } from './page-finding.ts';
import { splitBlocks, splitSentences } from './prose.ts';

/** Most words of a sentence. */
export const MAX_WORDS = 25;

/** Phrases to write differently, and what to write. */
const PHRASES: readonly (readonly [pattern: string, instead: string])[] = [
  ['so many', 'give the number, or leave it out'],
  ['whoever', 'say who: "a program that ...", "the user"'],
  ['(?:nobody|somebody)', 'say who, or use the passive'],
  ['of (?:its|their|his) own', '"its own ..."'],
  // "if there is none" is plain
  ['(?<!\\bthere )is none', '"there is no ...", "is not ..."'],
  ['as (?:it stands|they stand)', '"unchanged", or leave it out'],
  ['at work', '"running", "in use"'],
  ['(?:by|of) (?:itself|themselves)', '"automatically", "alone", or leave it out'],
  ['tak(?:e|es|en|ing) up', '"continue", "start with"'],
  ['(?:go|goes|going|went) on', '"continue"'],
  ['tak(?:e|es|en|ing) back', '"requeue", "release"'],
  ['(?:lies|lay|lying) about', '"unused", "uncollected"'],
  ['anew', '"again", "re..."'],
  ['ma(?:ke|kes|de) good', '"repair"'],
  ['com(?:e|es) along', '"is included"'],
];

/** Sentences such as "Is the queue empty, it returns." */
const INVERTED =
  /^(?:Is|Are|Was|Were|Has|Have|Does|Do|Did|Should|Had)\s+(?:the|a|an|it|there|x|this|that|no)\b[^?]*,[^?]*$/;

/** What may be between two words of a phrase: spaces, or the end of a line and the beginning of the next line of a comment. */
const GAP = '\\s+(?:(?:\\*|//|--)\\s+)?';

/** Phrases of a text that have a plainer form. */
export function findPhrases(text: string): Finding[] {
  return PHRASES.flatMap(([pattern, instead]) =>
    [...text.matchAll(new RegExp(`\\b${pattern.replaceAll(' ', GAP)}\\b`, 'gi'))].map(({ 0: found, index }) => ({
      line: findLine(text, index),
      message: `"${found.replaceAll(/\s+(?:(?:\*|\/\/|--)\s+)?/g, ' ')}": write ${instead}`,
    })),
  );
}

/** Sentences of a text without code that are hard to read: too long, or conditions without "if". */
export function findHardSentences(prose: string): Finding[] {
  return splitBlocks(prose).flatMap(({ text, line }) =>
    splitSentences(text).flatMap((sentence) => {
      const count = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
      const start = sentence.slice(0, 60);
      return [
        ...(count > MAX_WORDS ? [{ line, message: `${count} words, at most ${MAX_WORDS}: "${start} ..."` }] : []),
        ...(INVERTED.test(sentence) ? [{ line, message: `begin with "If": "${start} ..."` }] : []),
      ];
    }),
  );
}
