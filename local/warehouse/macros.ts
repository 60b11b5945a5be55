/** Parts of a MySQL date format, which `date_format` uses, and their equivalents in DuckDB's `strftime`. */
const MYSQL_FORMAT = {
  '%T': '%H:%M:%S',
  '%Y': '%Y',
  '%y': '%y',
  '%m': '%m',
  '%d': '%d',
  '%e': '%-d',
  '%H': '%H',
  '%h': '%I',
  '%I': '%I',
  '%i': '%M',
  '%s': '%S',
  '%S': '%S',
  '%f': '%f',
  '%p': '%p',
  '%j': '%j',
  '%a': '%a',
  '%W': '%A',
  '%b': '%b',
  '%M': '%B',
};

/** Parts of a Joda date format, which `format_datetime` uses. Names come last, so their letters are not taken for parts. */
const JODA_FORMAT = {
  yyyy: '%Y',
  MM: '%m',
  dd: '%d',
  HH: '%H',
  mm: '%M',
  ss: '%S',
  SSS: '%g',
  EEEE: '%A',
  EEE: '%a',
};

/** `strftime` accepts only a constant format, so there is one call for each part. */
const formatted = (parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce(
    (text, [part, own]) => `replace(${text}, '${part}', strftime(CAST(t AS timestamp), '${own}'))`,
    'f',
  );

/**
 * DuckDB macros for functions of Athena (Trino) that DuckDB lacks or implements differently: name and parameters, then the body.
 * Macros with the same name differ in the number of parameters.
 */
const MACROS: readonly (readonly [signature: string, body: string])[] = [
  // JSON
  ['json_extract_scalar(j, p)', `try(json_value(j, p) ->> '$')`],
  ['json_format(j)', 'CAST(j AS varchar)'],
  ['json_parse(t)', 'json(t)'],
  ['json_array_get(j, i)', `json_extract(j, concat('$[', CASE WHEN i < 0 THEN '#' ELSE '' END, i, ']'))`],
  // DuckDB's function returns an unsigned number, and 0 for a value that is not an array
  ['json_array_length(j)', `CASE json_type(j) WHEN 'ARRAY' THEN CAST(system.main.json_array_length(j) AS bigint) END`],
  [
    'json_size(j, p)',
    `CASE json_type(j, p) WHEN 'ARRAY' THEN CAST(system.main.json_array_length(j, p) AS bigint) WHEN 'OBJECT' THEN len(json_keys(j, p)) ELSE if(json_type(j, p) IS NOT NULL, 0, NULL) END`,
  ],
  ['json_array_contains(j, v)', `list_contains(json_extract_string(j, '$[*]'), CAST(v AS varchar))`],

  // Times. Without the checks, DuckDB would accept 24:00, reject a time without seconds, and round instead of truncate.
  // The views' patterns turn a text that is not a timestamp into an empty text. It is NULL here, because an error in `try` is slow.
  [
    'from_iso8601_timestamp(t)',
    String.raw`CASE
      WHEN t = '' THEN NULL
      WHEN regexp_full_match(t, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d([.]\d{3})?Z') THEN CAST(t AS timestamptz)
      WHEN regexp_full_match(t, '\d{4}-\d\d-\d\d(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d([.,]\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?')
        THEN CAST(regexp_replace(regexp_replace(replace(t, ',', '.'), '([.]\d{3})\d+', '\1'), 'T(\d\d:\d\d)(Z|[+-]|$)', 'T\1:00\2') AS timestamptz)
      ELSE CAST('not an ISO 8601 timestamp: ' || t AS timestamptz)
    END`,
  ],
  ['from_iso8601_date(t)', 'CAST(t AS date)'],
  ['to_iso8601(t)', `strftime(CAST(t AS timestamp), '%Y-%m-%dT%H:%M:%S.%g')`],
  ['date_add(unit, n, t)', "CAST(t AS timestamp) + CAST(concat(n, ' ', unit) AS interval)"],
  // whole units that have passed. DuckDB's function counts the boundaries between them
  ['date_diff(unit, a, b)', 'date_sub(unit, CAST(a AS timestamp), CAST(b AS timestamp))'],
  ['at_timezone(t, zone)', 'timezone(zone, CAST(t AS timestamptz))'],
  ['with_timezone(t, zone)', 'timezone(zone, CAST(t AS timestamp))'],
  ['to_unixtime(t)', 'epoch(t)'],
  ['from_unixtime(s)', 'to_timestamp(s)'],
  ['date_format(t, f)', formatted(MYSQL_FORMAT)],
  ['format_datetime(t, f)', formatted(JODA_FORMAT)],
  ['day_of_week(t)', 'isodow(t)'],
  ['dow(t)', 'isodow(t)'],
  ['day_of_month(t)', 'day(t)'],
  ['day_of_year(t)', 'dayofyear(t)'],
  ['doy(t)', 'dayofyear(t)'],
  ['week_of_year(t)', 'week(t)'],
  ['year_of_week(t)', 'isoyear(t)'],
  ['yow(t)', 'isoyear(t)'],
  ['last_day_of_month(t)', 'last_day(t)'],

  // Aggregates
  ['approx_percentile(x, p)', 'quantile_cont(x, p)'],
  ['approx_distinct(x)', 'count(DISTINCT x)'],
  ['every(x)', 'bool_and(x)'],
  ['map_agg(k, v)', 'map(list(k), list(v))'],

  // Arrays and numbers
  ['cardinality(a)', 'len(a)'],
  ['element_at(a, i)', 'a[i]'],
  ['sequence(a, b)', 'CASE WHEN a <= b THEN generate_series(a, b) ELSE generate_series(a, b, -1) END'],
  ['sequence(a, b, step)', 'generate_series(a, b, step)'],
  ['array_join(a, d)', 'array_to_string(a, d)'],
  ['array_max(a)', 'list_max(a)'],
  ['array_min(a)', 'list_min(a)'],
  ['arrays_overlap(a, b)', 'list_has_any(a, b)'],
  ['array_union(a, b)', 'list_distinct(list_concat(a, b))'],
  ['slice(a, start, n)', 'list_slice(a, start, start + n - 1)'],
  ['is_nan(x)', 'isnan(x)'],
  ['truncate(x)', 'trunc(x)'],
  ['rand()', 'random()'],
  ['regexp_like(t, p)', 'regexp_matches(t, p)'],
];

/** Creates one statement that defines the macros. */
export function createMacros(): string {
  const byName = Map.groupBy(MACROS, ([signature]) => signature.slice(0, signature.indexOf('(')));
  return [...byName]
    .map(([name, overloads]) => {
      const bodies = overloads.map(([signature, body]) => `${signature.slice(name.length)} AS ${body}`);
      return `CREATE MACRO ${name}${bodies.join(', ')};`;
    })
    .join('\n');
}
