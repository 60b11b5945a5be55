import { parseTimestamp } from '../../catalog/timestamp.ts';

/** How a timestamp is written. */
export interface TimeFormat {
  /** The text with letters for digits, e.g. `YYYY-MM-DDThh:mm:ss.ffffff+0000`. */
  readonly format: string;
  /** Whether the product's reader of time accepts it. */
  readonly isReadable: boolean;
}

/** The formats of the API's reference: seconds or milliseconds, and a zone with a colon. */
const USUAL = /^YYYY-MM-DDThh:mm:ss(?:\.fff)?(?:Z|[+-]\d\d:\d\d)$/;

const ISO = /^\d{4}-\d\d-\d\d([T ]?)(?:(\d\d:\d\d(?::\d\d)?)([.,]\d+)?)?(.*)$/;
const OTHER = /^(\d{1,2})([./-])\d{1,2}[./-]\d{4}\b/;

/** True for a format that the reference describes. */
export const isUsualFormat = (format: string): boolean => USUAL.test(format);

/** Describes how a timestamp is written, without its value. */
export function describeTimeFormat(text: string): TimeFormat {
  return { format: describe(text.slice(0, 60)), isReadable: parseTimestamp(text) !== null };
}

function describe(text: string): string {
  const [, separator = '', time = '', fraction = '', zone = ''] = ISO.exec(text) ?? [];
  if (ISO.test(text)) {
    const clock = time.replace(/^\d\d:\d\d/, 'hh:mm').replace(/:\d\d$/, ':ss');
    const ending = /^(?:Z|[+-][\d:]+)?$/.test(zone) ? zone : ' and more';
    const name = `YYYY-MM-DD${separator}${clock}${fraction.replaceAll(/\d/g, 'f')}${ending}`;
    return zone === '' ? `${name} without a zone` : name;
  }
  const [, , separatorOfDate = '/'] = OTHER.exec(text) ?? [];
  if (OTHER.test(text)) return ['DD', 'MM', 'YYYY'].join(separatorOfDate);
  return /^\d+$/.test(text) ? `${text.length} digits` : 'another text';
}
