import { describe, expect, it } from 'vitest';
import { checkCode, checkPage, MAX_LINE } from './check-page.ts';
import { MAX_WORDS } from './plain-english.ts';

const PAGE = 'docs/cli.md';
const messages = async (markdown: string) => (await checkPage(PAGE, markdown)).map(({ message }) => message);
const words = (count: number) => `${Array.from({ length: count }, () => 'word').join(' ')}.`;

describe('a page is refused', () => {
  it.each([
    ['a phrase', 'It stops, and nobody knows.', '"nobody": write say who'],
    ['a phrase across two lines', 'It has a ledger of its\nown, too.', '"of its own": write'],
    ['a condition without "if"', 'Is the queue empty, it returns.', 'begin with "If": "Is the queue empty'],
    ['a long sentence', words(MAX_WORDS + 1), `${MAX_WORDS + 1} words, at most ${MAX_WORDS}`],
    ['a long sentence in a list', `- short\n- ${words(MAX_WORDS + 1)}`, `${MAX_WORDS + 1} words`],
    ['a long sentence in a table', `| a | ${words(MAX_WORDS + 1)} |`, `${MAX_WORDS + 1} words`],
    ['a long line', `    ${'x'.repeat(MAX_LINE)}`, `${MAX_LINE + 4} characters`],
    ['a link to no file', 'See [this](missing.md).', 'the link missing.md leads nowhere'],
    ['a link to no heading', 'See [this](cost.md#missing).', 'the link cost.md#missing leads nowhere'],
    ['an unknown command', 'Text:\n\n    npx ccaip wash\n', "ccaip wash: unknown command 'wash'"],
    ['an unknown option', '```sh\nccaip status --loud\n```', "ccaip status --loud: unknown option '--loud'"],
    ['an unknown option in running text', 'Run `npx ccaip status --loud`.', "unknown option '--loud'"],
    ['a missing argument', 'Text:\n\n    npx ccaip explain\n', "missing required argument 'id'"],
    ['the second of two commands', 'Text:\n\n    npx ccaip demo && npx ccaip wash\n', "unknown command 'wash'"],
    ['a measured figure without a date', '# Speed\n\nIt took 12 ms.', '"# Speed" has measured figures'],
  ])('for %s', async (_, markdown, message) => {
    expect(await messages(markdown)).toEqual([expect.stringContaining(message)]);
  });

  it('and the line is named', async () => {
    const findings = await checkPage(PAGE, '# Title\n\n```sh\nnpm ci\n```\n\nGood.\n\nThere is\nnobody.');
    expect(findings).toEqual([{ line: 10, message: expect.stringContaining('"nobody"') }]);
  });
});

describe('a page is accepted', () => {
  it.each([
    ['a phrase in code', 'Run `nobody`.\n\n    whoever\n\n```text\nso many\n```'],
    ['a question', 'Is the queue empty, or is it full?'],
    ['a sentence of the most words', words(MAX_WORDS)],
    ['sentences that are long together', `${words(20)}\n${words(20).replace('word', 'Word')}`],
    ['a long line that is generated', `<!-- x: written by npm run docs -->\n${'x'.repeat(200)}\n<!-- end of x -->`],
    ['links', 'See [this](cost.md#how-it-is-counted) and [that](https://example.com/missing).'],
    [
      'a command with placeholders',
      'Text:\n\n    npx ccaip run --base-url https://<subdomain>.<domain>/x --dir ./acme\n',
    ],
    [
      'a command over two lines',
      'Text:\n\n    npx ccaip backfill --endpoint call \\\n      --from 90d --to 60d | cat\n',
    ],
    ['a command that is only named', 'Use `ccaip explain` or `ccaip dlq`.'],
    ['any command', 'Every `npx ccaip <command>` has help.'],
    [
      'a figure with a date in the introduction',
      '# Speed\n\nMeasured on 28 November 2026.\n\n## Start\n\nIt took 12 ms.',
    ],
    ['a figure with a date in its section', '# Speed\n\n## Start\n\nIt took 12 ms (28 November 2026).'],
    ['a figure that is a setting', '# Limits\n\nAn item has at most 400 kB.'],
  ])('with %s', async (_, markdown) => {
    expect(await messages(markdown)).toEqual([]);
  });

  it('but a date in one section does not count for the next', async () => {
    const markdown = '# A\n\n## B\n\nIt took 1 s (28 November 2026).\n\n## C\n\nIt took 2 s.';
    expect(await checkPage(PAGE, markdown)).toEqual([{ line: 7, message: expect.stringContaining('"## C"') }]);
  });
});

describe('code', () => {
  it('is searched for phrases, also across the lines of a comment', () => {
    expect(checkCode('/**\n * A function of its\n * own.\n */')).toEqual([
      { line: 2, message: expect.stringContaining('"of its own"') },
    ]);
  });

  it('may have names that contain a phrase', () => {
    expect(checkCode('const takesUpdate = network("at workplace");')).toEqual([]);
  });
});
