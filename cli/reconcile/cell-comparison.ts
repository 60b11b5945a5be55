import type { PortalKind } from '../../catalog/portal-columns.ts';
import type { JsonValue } from '../../local/warehouse/json-values.ts';
import type { MatchedColumn } from './column-match.ts';
import { type HereRow, type ReadingRules, readClock, readTime, type ThereRow } from './portal-rows.ts';
import { toDay } from './portal-times.ts';
import { isEmpty, parseFlag, parseId, parseNumber, parseSeconds, reduceText } from './portal-values.ts';
import { findQueues } from './row-join.ts';

/** How two cells compare. Words of the portal are not compared, because their vocabulary is not documented. */
export type Verdict = 'agree' | 'rounding' | 'differ' | 'word' | 'unreadable';

/** Two cells and what they mean. */
export interface CellComparison {
  readonly verdict: Verdict;
  /** Number of the export: a count, seconds, a percentage, or milliseconds of a clock. Null if there is none. */
  readonly there: number | null;
  readonly here: number | null;
}

/** The portal shows whole seconds, cut or rounded. */
const MAX_ROUNDING = 1;

/** Our averages and rates are rounded to one or two decimals. */
const OWN_ROUNDING: Readonly<Partial<Record<PortalKind, number>>> = { percent: 0.005, number: 0.005 };

/** Tolerance of floating point. */
const EPSILON = 1e-9;

/** Creates the function that compares the cells of a column. */
export function createComparison(
  { name, column: { kind } }: MatchedColumn,
  here: readonly HereRow[],
  rules: ReadingRules,
): (there: ThereRow, here: HereRow) => CellComparison {
  const find = kind === 'queue' ? findQueues(here.map((row) => readText(row[name]))) : reduceOrNull;
  return ({ texts }, row) => {
    const text = texts.get(name) ?? null;
    const value = row[name] ?? null;
    if (kind === 'word') return withoutNumbers('word');
    if (kind === 'flag') return compareFlags(text, value);
    const isAbsent = isEmpty(text);
    if (isAbsent || value === null || value === '') return compareAbsent(kind, isAbsent ? null : text, value, rules);
    switch (kind) {
      case 'id':
        return withoutNumbers(parseId(text) === String(value) ? 'agree' : 'differ');
      case 'text':
      case 'queue':
        return withoutNumbers(find(text) === reduceText(String(value)) ? 'agree' : 'differ');
      case 'day':
      case 'time':
      case 'utc':
        return compareTimes(name, kind, text, value, rules);
      default:
        return compareNumbers(kind, text, value, rules);
    }
  };
}

const reduceOrNull = (text: string | null) => (text === null ? null : reduceText(text));
const readText = (value: JsonValue | undefined) => (value === null || value === undefined ? null : String(value));
const withoutNumbers = (verdict: Verdict): CellComparison => ({ verdict, there: null, here: null });

function compareFlags(text: string | null, value: JsonValue): CellComparison {
  const there = parseFlag(text ?? '');
  if (there === null) return withoutNumbers('unreadable');
  const here = typeof value === 'number' ? value > 0 : value === true;
  return { verdict: there === here ? 'agree' : 'differ', there: Number(there), here: Number(here) };
}

/** Nothing equals nothing. A length of zero is nearly nothing; any other value differs from nothing. */
function compareAbsent(kind: PortalKind, text: string | null, value: JsonValue, rules: ReadingRules): CellComparison {
  const there = text === null ? null : readNumber(kind, text, rules);
  const here = typeof value === 'number' ? value : null;
  if (text === null && (value === null || value === '')) return { verdict: 'agree', there, here };
  const isNothing = (kind === 'seconds' || kind === 'count') && (there ?? 0) === 0 && (here ?? 0) === 0;
  return { verdict: isNothing ? 'rounding' : 'differ', there, here };
}

function readNumber(kind: PortalKind, text: string, { hasDecimalComma }: ReadingRules): number | null {
  if (kind === 'seconds') return parseSeconds(text);
  return ['count', 'number', 'percent'].includes(kind) ? (parseNumber(text, hasDecimalComma)?.value ?? null) : null;
}

function compareTimes(
  name: string,
  kind: PortalKind,
  text: string,
  value: JsonValue,
  rules: ReadingRules,
): CellComparison {
  const there = readTime(name, kind, text, rules);
  const here = readClock(value);
  if (there === null || here === null) return withoutNumbers('unreadable');
  if (kind === 'day') return withoutNumbers(toDay(there.clock) === toDay(here) ? 'agree' : 'differ');
  const wanted = there.hasSeconds ? here : here - (here % 60_000);
  const apart = Math.abs(there.clock - wanted);
  const verdict = apart === 0 ? 'agree' : apart <= MAX_ROUNDING * 1000 ? 'rounding' : 'differ';
  return { verdict, there: there.clock, here };
}

function compareNumbers(kind: PortalKind, text: string, value: JsonValue, rules: ReadingRules): CellComparison {
  const here = Number(value);
  if (kind === 'seconds') {
    const there = parseSeconds(text);
    if (there === null) return withoutNumbers('unreadable');
    return { verdict: judge(Math.abs(there - here), MAX_ROUNDING), there, here };
  }
  const read = parseNumber(text, rules.hasDecimalComma);
  if (read === null) return withoutNumbers('unreadable');
  const tolerance = kind === 'count' ? 0 : read.tolerance + (OWN_ROUNDING[kind] ?? 0);
  return { verdict: judge(Math.abs(read.value - here), tolerance), there: read.value, here };
}

const judge = (apart: number, tolerance: number): Verdict =>
  apart <= EPSILON ? 'agree' : apart <= tolerance + EPSILON ? 'rounding' : 'differ';
