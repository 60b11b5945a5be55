import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../catalog/timestamp.ts';
import { castColumn } from '../../sql/views/expressions.ts';
import { OTHER_YEARS, TIMESTAMP_CASES } from '../catalog/timestamp-texts.ts';
import { at, objectKey, origin, useLake } from './lake-of-lines.ts';

const ask = useLake();

/** A line with this JSON text as the value of a key; the rows come back in the order of the texts. */
const lineWith = (key: string, json: string, id: number) =>
  `{"id":${id},"${key}":${json},"_extracted_at":"${at('10:00')}","_batch":"0000000001"}`;

/** What a column of the view `call` makes of JSON texts. */
async function column(name: string, texts: readonly string[], key = name): Promise<unknown[]> {
  const lines = texts.map((text, index) => lineWith(key, text, index));
  const rows = await ask({ [objectKey('raw/call')]: lines }, `SELECT ${name} AS value FROM call ORDER BY id`);
  return rows.map(({ value }) => value);
}

/** JSON text, and what the column makes of it. */
type Cases = readonly (readonly [json: string, value: unknown])[];

const NEVER: Cases = [
  ['null', null],
  ['{}', null],
  ['{"a":1}', null],
  ['[]', null],
  ['[1]', null],
];

const TYPES: Readonly<Record<string, { readonly column: string; readonly cases: Cases }>> = {
  bigint: {
    column: 'parent_id',
    cases: [
      ['0', 0],
      ['-8', -8],
      ['"12"', 12],
      ['12.0', 12],
      ['"12.00"', 12],
      ['12.5', null],
      ['"12.5"', null],
      ['"12 "', null],
      ['"+12"', null],
      ['""', null],
      ['"abc"', null],
      ['"0x10"', null],
      ['true', null],
      ['9007199254740991', 9_007_199_254_740_991],
      ['9007199254740993', '9007199254740993'],
      ['-9223372036854775808', '-9223372036854775808'],
      ['9223372036854775807', '9223372036854775807'],
      ['9223372036854775808', null],
      ['"99999999999999999999999999"', null],
      ...NEVER,
    ],
  },
  double: {
    column: 'queue_duration',
    cases: [
      ['0', 0],
      ['12.345', 12.345],
      ['-0.5', -0.5],
      ['"12.5"', 12.5],
      ['"1e3"', 1000],
      ['1e-7', 1e-7],
      ['9007199254740992', 9_007_199_254_740_992],
      ['"NaN"', null],
      ['"Infinity"', null],
      ['"1d"', null],
      ['"1,5"', null],
      ['".5"', null],
      ['""', null],
      ['false', null],
      ...NEVER,
    ],
  },
  boolean: {
    column: 'verified',
    cases: [
      ['true', true],
      ['false', false],
      ['"true"', true],
      ['"false"', false],
      ['"True"', null],
      ['1', null],
      ['0', null],
      ['"yes"', null],
      ['""', null],
      ...NEVER,
    ],
  },
  varchar: {
    column: 'status',
    cases: [
      ['"finished"', 'finished'],
      ['""', ''],
      ['"null"', 'null'],
      ['7', '7'],
      ['-7.25', '-7.25'],
      ['9007199254740993', '9007199254740993'],
      ['true', 'true'],
      ['" x "', ' x '],
      ...NEVER,
    ],
  },
  timestamp: {
    column: 'scheduled_at',
    cases: [
      ...[...TIMESTAMP_CASES, ...OTHER_YEARS].map(([text, value]) => [JSON.stringify(text), value] as const),
      ['1772445600', null],
      ['true', null],
      ...NEVER,
    ],
  },
  json: {
    column: 'transfers',
    cases: [
      ['[]', '[]'],
      ['[{"b":1,"a":[2,null]}]', '[{"b":1,"a":[2,null]}]'],
      ['{"id":9007199254740993}', '{"id":9007199254740993}'],
      ['"text"', '"text"'],
      ['7', '7'],
      ['false', 'false'],
      ['null', null],
    ],
  },
};

describe.each(Object.entries(TYPES))('a column of type %s', (_type, { column: name, cases }) => {
  it('has the value of the type, or NULL for anything else', async () => {
    const texts = cases.map(([json]) => json);
    const values = await column(name, texts);
    expect(texts.map((text, index) => [text, values[index]])).toEqual(cases);
  });

  it('is NULL if the key is missing', async () => {
    expect(await column(name, ['1'], 'another_key')).toEqual([null]);
  });
});

describe('a timestamp in SQL', () => {
  /** Texts that differ from a timestamp in a few places. */
  const nearly = fc
    .tuple(
      fc.constantFrom(...TIMESTAMP_CASES.filter(([, value]) => value !== null).map(([text]) => text)),
      fc.array(fc.tuple(fc.nat(40), fc.constantFrom('', ...'0123456789:-+.,TZtz /\n\t\u0660e'), fc.boolean()), {
        maxLength: 3,
      }),
    )
    .map(([text, changes]) =>
      changes.reduce((changed, [place, other, insert]) => {
        const at = place % (changed.length + 1);
        return changed.slice(0, at) + other + changed.slice(insert ? at : at + 1);
      }, text),
    );

  it('is a timestamp for the functions, with the same value, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(nearly, { minLength: 500, maxLength: 1000 }), async (texts) => {
        const values = texts.map((text, index) => `(${index}, '${text}')`).join(', ');
        const rows = await ask(
          {},
          `SELECT ${castColumn('timestamp', 't')} AS value FROM (VALUES ${values}) AS v (i, t) ORDER BY i`,
        );
        const read = texts.map(parseTimestamp).map((time) => (time === null ? null : new Date(time).toISOString()));
        expect(texts.map((text, index) => [text, rows[index]?.value])).toEqual(
          texts.map((text, index) => [text, read[index]]),
        );
        expect(read.filter((value) => value !== null).length).toBeGreaterThan(50);
      }),
      { numRuns: 8 },
    );
  });
});

describe('a column with several paths', () => {
  const ended = async (record: Readonly<Record<string, unknown>>) => {
    const [row] = await ask(
      { [objectKey('raw/call')]: [{ id: 1, ...record, ...origin('10:00') }] },
      'SELECT ended_at FROM call',
    );
    return row?.ended_at;
  };

  it('has the first that gives a value of its type', async () => {
    expect(await ended({ ended_at: at('09:00'), ends_at: at('09:30') })).toBe(at('09:00'));
    expect(await ended({ ended_at: null, ends_at: at('09:30') })).toBe(at('09:30'));
    expect(await ended({ ended_at: 'soon', ends_at: at('09:30') })).toBe(at('09:30'));
    expect(await ended({ ended_at: {} })).toBeNull();
  });
});

const CONTROLS = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');
const HOSTILE: Readonly<Record<string, string>> = {
  'quotes and backslashes': `"a" 'b' \`c\` \\ \\\\ \\" \\n \\u0041 \\`,
  'line breaks': 'a\nb\r\nc\rd\u2028e\u2029f\u0085g\n',
  'control characters': `${CONTROLS}\u007f\u0080\ufeff`,
  'delimiters of tables': '\u0001\u0002\u001e\u001f,;\t|#\\N',
  'characters beyond the basic plane': '😀👩‍👩‍👧‍👦🇩🇪 \u{10FFFF} é e\u0301 漢字 עברית',
  'JSON in a text': '{"_none":true,"id":9,"_extracted_at":"9999-01-01T00:00:00.000Z","_batch":"9999999999"}',
  'SQL in a text': `'; DROP VIEW call; -- "$.x" \${y} {{z}} %s`,
  'a text of one megabyte': `${'0123456789abcde\\"\n😀'.repeat(55_000)}`,
};

describe('unusual content', () => {
  it.each(Object.entries(HOSTILE))(
    '%s: the line comes back byte for byte, the value as it was',
    async (_name, text) => {
      const line = JSON.stringify({ id: 1, status: text, [text.slice(0, 50)]: text, ...origin('10:00') });
      const [raw] = await ask({ [objectKey('raw/call')]: [line] }, 'SELECT line FROM raw_call');
      expect(raw?.line === line).toBe(true);
      const rows = await ask({ [objectKey('raw/call')]: [line] }, 'SELECT status FROM call');
      expect(rows).toHaveLength(1);
      expect(rows[0]?.status === text).toBe(true);
    },
  );

  it('numbers beyond 2^53 keep their digits', async () => {
    const line = lineWith('unknown', '[9007199254740993,123456789012345678901234567890,1.10,1e400]', 1);
    expect(await ask({ [objectKey('raw/call')]: [line] }, 'SELECT line FROM raw_call')).toEqual([{ line }]);
    expect(await ask({ [objectKey('raw/call')]: [line] }, 'SELECT id FROM call')).toEqual([{ id: 1 }]);
  });

  it('a text cut in the middle of a character does not affect its record', async () => {
    const records = [
      { id: 1, status: 'half \ud83d', lang: 'en', ...origin('10:00') },
      { id: 2, status: '\ude00 other half', lang: 'de', ...origin('10:00') },
      { id: 3, status: 'no half: \\ud83d', lang: 'fr', ...origin('10:00') },
    ];
    const rows = await ask({ [objectKey('raw/call')]: records }, 'SELECT status, lang FROM call ORDER BY id');
    expect(rows).toEqual([
      { status: 'half \ufffd', lang: 'en' },
      { status: '\ufffd other half', lang: 'de' },
      { status: 'no half: \\ud83d', lang: 'fr' },
    ]);
  });

  it('a line that is not JSON affects no other line', async () => {
    const lines = ['', 'not JSON', '{"id":1', '[]', '7', '"text"', lineWith('status', '"well"', 2)];
    const rows = await ask({ [objectKey('raw/call')]: lines }, 'SELECT id, status FROM call WHERE id IS NOT NULL');
    expect(rows).toEqual([{ id: 2, status: 'well' }]);
  });

  it('any text is returned unchanged', async () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(texts, async (values) => {
        expect(
          await column(
            'status',
            values.map((value) => JSON.stringify(value)),
          ),
        ).toEqual(values);
      }),
      { numRuns: 15 },
    );
  });
});
