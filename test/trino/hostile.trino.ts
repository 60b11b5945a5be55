import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import type { Trino } from './engine/trino-client.ts';
import { type Ingestion, startIngestion } from './lake/ingestion.ts';
import { placeLake } from './lake/place.ts';

const server = inject('trino');

const CREATED = '2026-03-02T10:00:00.000Z';
const CONTROLS = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');
const TEXTS: Readonly<Record<string, string>> = {
  'quotes and backslashes': `"a" 'b' \`c\` \\ \\\\ \\" \\n \\u0041 \\`,
  'line breaks': 'a\nb\r\nc\rd\u2028e\u2029f\u0085g\n',
  'control characters': `${CONTROLS}\u007f\u0080`,
  'delimiters of tables': '\u0001\u0002\u001e\u001f,;\t|#\\N',
  'emoji and other scripts': '😀👩‍👩‍👧‍👦🇩🇪 \u{10FFFF} é e\u0301 漢字 עברית',
  'JSON and SQL': `{"_none":true,"id":9} '; DROP VIEW call; -- "$.x" \${y} {{z}} %s`,
  'a megabyte': `${'0123456789abcde\\"\n😀'.repeat(55_000)}`,
};

/** JSON text of a value that goes over the wire in ASCII, as some platforms send it. */
const inAscii = (text: string) =>
  text.replaceAll(/[\u007f-\uffff]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`);

const record = (id: number, members: string) =>
  `{"id":${id}, "created_at":"${CREATED}","updated_at":"${CREATED}",${members}}`;

const NAMES = Object.keys(TEXTS);
const RECORDS: readonly string[] = [
  ...Object.values(TEXTS).map((text, index) => record(index, `"status":${JSON.stringify(text)}`)),
  ...Object.values(TEXTS).map((text, index) => record(100 + index, `"status":${inAscii(JSON.stringify(text))}`)),
  record(200, '"parent_id":9007199254740993,"queue_duration":1.10,"status":"9007199254740993"'),
  record(201, '"parent_id":123456789012345678901234567890,"queue_duration":1e400,"n":[-0,1E+2,0.12345678901234567890]'),
  record(202, '"status":"first","status":"second","lang":"en"'),
  record(203, String.raw`"status":"half \ud83d","lang":"en"`),
  record(205, `"status":"deep","a":${'['.repeat(199)}${']'.repeat(199)}`),
  record(204, '\n  "status": "spread over lines" ,\r\n\t"transfers": [ { "id": 9007199254740993 } ]\n'),
];

describe.skipIf(server === null)('a record with hostile content comes through raw table and view unharmed', () => {
  let ingestion: Ingestion;
  let warehouse: Warehouse;
  let trino: Trino;
  beforeAll(async () => {
    if (server === null) return;
    ingestion = await startIngestion({
      tenant: 'acme',
      baseUrl: 'http://localhost/manager/api/v1',
      historyStart: '2026-03-01T00:00:00.000Z',
      fetch: async () => new Response(`[${RECORDS.join(',')}]`),
    });
    await ingestion.run(['call']);
    warehouse = await openWarehouse(ingestion.lake);
    trino = await placeLake({
      ...server,
      database: 'hostile',
      lake: ingestion.lake,
      tenants: ['acme'],
      historyStart: '2026-03-01',
    });
  });
  afterAll(async () => {
    await warehouse?.close();
    await ingestion?.[Symbol.asyncDispose]();
  });

  /** The first column of both engines' answers. */
  async function both(sql: string): Promise<readonly [duckdb: unknown[], trino: unknown[]]> {
    const [own, engine] = [await warehouse.query(sql), await trino.query(sql)];
    return [own.rows.map((row) => Object.values(row)[0]), engine.rows.map(([value]) => value)];
  }

  it('every line is the text that the API sent, on one line, with two keys of ingestion at its end, unless a key is repeated', async () => {
    const isRepeated = (text: string) => text.includes('"first"') || text.includes('first\\"');
    const sent = RECORDS.map((text) => text.replaceAll(/[\r\n]+\s*/g, ' ').slice(0, -1)).filter(
      (text) => !isRepeated(text),
    );
    const [own, engine] = await both('SELECT line FROM raw_call');
    const added = /,"_extracted_at":"[^"]+","_batch":"0000000001"\}$/;
    for (const lines of [own, engine]) {
      expect(lines.every((line) => added.test(String(line)))).toBe(true);
      const texts = lines.map((line) => String(line).replace(added, '')).filter((text) => !isRepeated(text));
      expect(texts).toHaveLength(lines.length - 1);
      const isHalf = (text: string) => text.includes('half');
      expect(texts.filter((text) => !isHalf(text)).sort()).toEqual(sent.filter((text) => !isHalf(text)).sort());
      expect(texts.filter(isHalf)).toHaveLength(1);
    }
  });

  it.each(NAMES)('the value of a text with %s is the text', async (name) => {
    const place = NAMES.indexOf(name);
    const answers = await both(`SELECT status FROM call WHERE id IN (${place}, ${100 + place}) ORDER BY id`);
    for (const values of answers) {
      expect(values).toHaveLength(2);
      expect(values.every((value) => value === TEXTS[name])).toBe(true);
    }
  });

  it('numbers keep their digits, and what is too large for a column is NULL', async () => {
    const sql = (column: string) => `SELECT ${column} FROM call WHERE id IN (200, 201) ORDER BY id`;
    for (const values of await both(sql('CAST(parent_id AS varchar)')))
      expect(values).toEqual(['9007199254740993', null]);
    for (const values of await both(sql('status'))) expect(values).toEqual(['9007199254740993', null]);
    const [own, engine] = await both(sql('queue_duration'));
    expect(own).toEqual(engine);
    for (const values of await both('SELECT transfers FROM call WHERE id = 204'))
      expect(values).toEqual(['[{"id":9007199254740993}]']);
  });

  it('a record with as many levels as are taken is in both views', async () => {
    for (const values of await both('SELECT status FROM call WHERE id = 205')) expect(values).toEqual(['deep']);
  });

  it('of a repeated key both engines have the last value, as JSON.parse, and half a character spoils nothing', async () => {
    for (const values of await both('SELECT status FROM call WHERE id = 202')) expect(values).toEqual(['second']);
    for (const values of await both('SELECT lang FROM call WHERE id IN (202, 203)'))
      expect(values).toEqual(['en', 'en']);
    for (const values of await both('SELECT status FROM call WHERE id = 203'))
      expect(values[0]).toMatch(/^half [?\ufffd]$/);
  });
});
