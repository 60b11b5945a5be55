import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readErrorCode } from '../../local/aws/local-aws-error.ts';
import { quoteText } from '../../local/warehouse/raw-views.ts';
import { CommandError } from '../terminal/failure.ts';

/** A CSV file: texts by header, in the order of the file. Empty fields are null. */
export interface PortalCsv {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Fields are separated by semicolons, so a comma separates decimals. */
  readonly hasDecimalComma: boolean;
}

const DELIMITERS = [',', ';', '\t', '|'];
const BOM = '\u{feff}';

/**
 * Reads an export of the portal, with commas, semicolons, tabs or bars between its fields.
 * @throws CommandError if the file cannot be read, is no CSV, or has no rows
 */
export async function readPortalCsv(file: string): Promise<PortalCsv> {
  const text = await readText(file);
  const [head = ''] = text.replace(BOM, '').split(/\r?\n/, 1);
  if (head.trim() === '') throw new CommandError(`${file} is empty. Export the report again, with a header line`);
  const csv = await parseCsv(file, findDelimiter(head));
  if (csv.rows.length === 0)
    throw new CommandError(`${file} has a header line but no rows. Export a period in which something happened`);
  return csv;
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' };
    const code = readErrorCode(error);
    throw new CommandError(
      `cannot read ${file}: ${reasons[code] ?? code}. Give the CSV file of the portal's report with --csv`,
    );
  });
  if (bytes.subarray(0, 2).toString('latin1') === 'PK')
    throw new CommandError(`${file} is a zip file. Unpack it and give the CSV file inside`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandError(
      `${file} is not UTF-8 text. Save it as "CSV UTF-8", or give the file as the portal wrote it`,
    );
  }
}

/** Finds the delimiter that the header line has most of, outside quotes. */
function findDelimiter(head: string): string {
  const bare = head.replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function parseCsv(file: string, delimiter: string): Promise<PortalCsv> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT * FROM read_csv(${quoteText(resolve(file))}, delim = ${quoteText(delimiter)}, quote = '"', escape = '"',
        header = true, skip = 0, comment = '', all_varchar = true, null_padding = true, parallel = false, sample_size = -1)`,
    );
    const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
    return {
      headers: reader.deduplicatedColumnNames().map((name) => name.trim()),
      rows,
      hasDecimalComma: delimiter === ';',
    };
  } catch {
    throw new CommandError(
      `${file} is not a CSV file: a line has more fields than the header, or a quote is not closed. Remove lines above the header and below the table, or export the report again`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
