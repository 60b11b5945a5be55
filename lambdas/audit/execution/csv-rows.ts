/** A quoted field with doubled quotes inside, or an unquoted one, and what follows it. */
const FIELD = /("[^"]*(?:""[^"]*)*"|[^,]*)(,|$)/gy;

/**
 * Parses a CSV file as Athena writes it: a header, every value in quotes, nothing for null. Line breaks can be inside quotes.
 * @returns rows by column name
 */
export async function* parseCsvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadonlyMap<string, string>> {
  let names: readonly (string | undefined)[] | undefined;
  for await (const text of splitRows(chunks)) {
    const fields = parseFields(text);
    if (names === undefined) names = fields;
    else yield new Map(fields.flatMap((field, index) => (field === undefined ? [] : [[names?.[index] ?? '', field]])));
  }
}

/** Splits a text at the line breaks outside of quotes. */
async function* splitRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = findEnd(rest, start); end !== -1; end = findEnd(rest, start)) {
      yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  if (rest !== '') yield rest;
}

/** Place of the first line break with an even number of quotes before it, or -1. */
function findEnd(text: string, start: number): number {
  for (let end = text.indexOf('\n', start), quotes = 0, from = start; end !== -1; end = text.indexOf('\n', end + 1)) {
    for (let quote = text.indexOf('"', from); quote !== -1 && quote < end; quote = text.indexOf('"', quote + 1))
      quotes += 1;
    if (quotes % 2 === 0) return end;
    from = end;
  }
  return -1;
}

const parseFields = (row: string): (string | undefined)[] => {
  const fields: (string | undefined)[] = [];
  for (const [, field = '', separator] of row.matchAll(FIELD)) {
    if (field === '') fields.push(undefined);
    else fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (separator === '') break;
  }
  return fields;
};
