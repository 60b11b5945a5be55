import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { newFolder, removeFolder } from '../sql/lake-of-lines.ts';

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await newFolder();
  warehouse = await openWarehouse(folder);
});
afterAll(async () => {
  await warehouse.close();
  await removeFolder(folder);
});

const TIME = "TIMESTAMP '2026-03-02 14:05:09.123'";

/** What Athena answers. */
const ANSWERS: readonly (readonly [expression: string, answer: unknown])[] = [
  // JSON
  [`json_extract_scalar('{"a":"x"}', '$.a')`, 'x'],
  [`json_extract_scalar('{"a":1.5}', '$.a')`, '1.5'],
  [`json_extract_scalar('{"a":[1]}', '$.a')`, null],
  [`json_extract_scalar('{"a":null}', '$.a')`, null],
  [`json_extract_scalar('{"a":', '$.a')`, null],
  [`json_format(json_extract('{"a":[1,"x"]}', '$.a'))`, '[1,"x"]'],
  [`json_format(json_parse('[1, 2]'))`, '[1,2]'],
  [`json_format(json_array_get('[1,"x"]', 0))`, '1'],
  [`json_format(json_array_get('[1,2,3]', -1))`, '3'],
  [`json_array_get('[1]', 5)`, null],
  [`json_array_length('[1,[2,3]]')`, 2],
  [`json_array_length('{"a":1}')`, null],
  [`json_array_length('[]') - 1`, -1],
  [`json_size('{"a":[1,2],"b":{"c":1}}', '$.a')`, 2],
  [`json_size('{"a":[1,2],"b":{"c":1}}', '$.b')`, 1],
  [`json_size('{"a":1}', '$.a')`, 0],
  [`json_size('{"a":1}', '$.b')`, null],
  [`json_array_contains('[1,2]', 2)`, true],
  [`json_array_contains('["a"]', 'b')`, false],

  // Times
  [`from_iso8601_timestamp('2026-03-02T10:00:00+02:00')`, '2026-03-02T08:00:00.000Z'],
  [`from_iso8601_timestamp('2026-03-02')`, '2026-03-02T00:00:00.000Z'],
  [`from_iso8601_timestamp('2026-03-02T10:00:00.9996Z')`, '2026-03-02T10:00:00.999Z'],
  [`try(from_iso8601_timestamp('2026-03-02T24:00:00Z'))`, null],
  [`from_iso8601_date('2026-03-02')`, '2026-03-02'],
  [`date_add('day', 3, ${TIME})`, '2026-03-05T14:05:09.123Z'],
  [`date_add('month', -1, TIMESTAMP '2026-03-31 00:00:00')`, '2026-02-28T00:00:00.000Z'],
  [`date_diff('hour', TIMESTAMP '2026-03-02 09:59:00', TIMESTAMP '2026-03-02 11:00:00')`, 1],
  [`date_diff('day', TIMESTAMP '2026-03-02 23:00:00', TIMESTAMP '2026-03-03 01:00:00')`, 0],
  [`date_diff('second', TIMESTAMP '2026-03-02 10:00:10', TIMESTAMP '2026-03-02 10:00:00')`, -10],
  [`date_trunc('hour', ${TIME})`, '2026-03-02T14:00:00.000Z'],
  [`at_timezone(from_iso8601_timestamp('2026-07-02T10:00:00Z'), 'Europe/Berlin')`, '2026-07-02T12:00:00.000Z'],
  [`to_unixtime(TIMESTAMP '1970-01-02 00:00:00')`, 86_400],
  ['from_unixtime(86400)', '1970-01-02T00:00:00.000Z'],
  [`date_format(${TIME}, '%Y-%m-%d %H:%i:%s')`, '2026-03-02 14:05:09'],
  [`date_format(${TIME}, '%W, %e %M %y, %h:%i %p, %T')`, 'Monday, 2 March 26, 02:05 PM, 14:05:09'],
  [`format_datetime(${TIME}, 'yyyy-MM-dd HH:mm:ss.SSS EEE')`, '2026-03-02 14:05:09.123 Mon'],
  [`day_of_week(DATE '2026-03-01')`, 7],
  [`day_of_year(DATE '2026-03-02')`, 61],
  [`week_of_year(DATE '2027-01-01')`, 53],
  [`year_of_week(DATE '2027-01-01')`, 2026],
  [`last_day_of_month(DATE '2024-02-10')`, '2024-02-29'],

  // Arrays and numbers
  ['cardinality(ARRAY[1, 2])', 2],
  ['element_at(ARRAY[7, 8], 2)', 8],
  ['element_at(ARRAY[7, 8], 3)', null],
  ['element_at(ARRAY[7, 8], -1)', 8],
  ['sequence(1, 3)', [1, 2, 3]],
  ['sequence(3, 1)', [3, 2, 1]],
  ['sequence(1, 7, 3)', [1, 4, 7]],
  ["array_join(ARRAY['a', 'b'], '-')", 'a-b'],
  ['array_max(ARRAY[1, 3, 2])', 3],
  ['arrays_overlap(ARRAY[1, 2], ARRAY[2, 3])', true],
  ['slice(ARRAY[1, 2, 3, 4], 2, 2)', [2, 3]],
  ['truncate(-1.7e0)', -1],
  ["regexp_like('abc', 'b')", true],
  ["regexp_extract('ab12', '(\\d)(\\d)', 2)", '2'],
  ["concat('a', 'b')", 'ab'],
  ['7 / 2', 3],
  ['-7 / 2', -3],

  // Aggregates
  ['(SELECT count(*) FILTER (WHERE x > 1) FROM (VALUES (1), (2), (3)) AS t (x))', 2],
  ['(SELECT approx_distinct(x) FROM (VALUES (1), (1), (3)) AS t (x))', 2],
  ['(SELECT approx_percentile(x, 0.5e0) FROM (VALUES (1), (2), (30)) AS t (x))', 2],
  ['(SELECT every(x > 1) FROM (VALUES (1), (2)) AS t (x))', false],
  ["(SELECT map_agg(k, v) FROM (VALUES ('a', 1)) AS t (k, v))", { a: 1 }],
];

it.each(ANSWERS)('%s', async (expression, answer) => {
  const { rows } = await warehouse.query(`SELECT ${expression} AS answer`);
  expect(rows).toEqual([{ answer }]);
});
