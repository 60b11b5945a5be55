/** A row of an export by the headers of the portal, in its order. */
export type ExportRow = Readonly<Record<string, string | number | null>>;

/** How an export writes times and fields. */
export interface ExportStyle {
  /** Minutes by which the report's zone is ahead of UTC. */
  readonly offset?: number;
  readonly delimiter?: string;
  readonly bom?: true;
  /** Other headers by the portal's. */
  readonly headers?: Readonly<Record<string, string>>;
}

const toLocal = (time: string | null, { offset = 0 }: ExportStyle): string =>
  time === null ? '' : new Date(Date.parse(time) + offset * 60_000).toISOString();

/** The day of a time in the report's zone, YYYY-MM-DD. */
export const toDay = (time: string | null, style: ExportStyle): string => toLocal(time, style).slice(0, 10);

/** A time in the report's zone, `YYYY-MM-DD hh:mm:ss`. */
export const writeTime = (time: string | null, style: ExportStyle): string =>
  toLocal(time, style).slice(0, 19).replace('T', ' ');

/** Seconds as hh:mm:ss, or as mm:ss below an hour. */
export function writeLength(seconds: number | null): string | null {
  if (seconds === null) return null;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [whole / 3600, (whole / 60) % 60, whole % 60].map((n) =>
    String(Math.floor(n)).padStart(2, '0'),
  );
  return whole < 3600 ? `${minutes}:${rest}` : `${hours}:${minutes}:${rest}`;
}

/** A share with one decimal. */
export const writeShare = (part: number, whole: number): string | null =>
  whole === 0 ? null : `${((100 * part) / whole).toFixed(1)}%`;

export const writeFlag = (is: boolean): string => (is ? 'Yes' : 'No');

/** Values that are known. */
export const listKnown = <T>(values: readonly (T | null | undefined)[]): T[] =>
  values.filter((value) => value !== null && value !== undefined);

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Null without values. */
export const sumKnown = (values: readonly number[]): number | null => (values.length === 0 ? null : sum(values));
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : sum(values) / values.length;
export const max = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));

/** Writes rows as CSV. */
export function writeCsv(rows: readonly ExportRow[], { delimiter = ',', bom, headers = {} }: ExportStyle): string {
  const quote = (text: string) => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = Object.keys(rows[0] ?? {});
  const lines = [
    names.map((name) => quote(headers[name] ?? name)),
    ...rows.map((row) => names.map((name) => quote(String(row[name] ?? '')))),
  ];
  return `${bom === true ? '\u{feff}' : ''}${lines.map((line) => line.join(delimiter)).join('\r\n')}\r\n`;
}
