import type { PortalColumns } from '../../catalog/portal-columns.ts';
import { type HereRow, type ReadingRules, readClock, readTime, type ThereRow } from './portal-rows.ts';
import { toDay } from './portal-times.ts';
import { isEmpty, parseId, reduceText } from './portal-values.ts';

/** Rows that are the same thing. */
export interface JoinedRow {
  readonly there: ThereRow;
  readonly here: HereRow;
}

/** The rows of both sides, joined by a key. */
export interface RowJoin {
  /** Columns of the key that joins most rows. */
  readonly key: readonly string[];
  readonly joined: readonly JoinedRow[];
  readonly onlyThere: readonly ThereRow[];
  readonly onlyHere: readonly HereRow[];
  /** Milliseconds by which the clock of the export is ahead of that of the zone. */
  readonly shift: number;
}

const SECOND = 1000;
const QUARTER = 15 * 60 * SECOND;
const MAX_SHIFT = 14 * 4;

/** Steps of a time to try: the two sides may round seconds differently. */
const NEAR = [0, -SECOND, SECOND];

/**
 * Joins rows by the best key that the rows really share. Rows that it leaves apart, such as those without an interaction id, are
 * joined by the keys after it.
 * @param keys sets of columns, the best first
 */
export function joinRows(
  columns: PortalColumns,
  keys: readonly (readonly string[])[],
  there: readonly ThereRow[],
  here: readonly HereRow[],
  rules: ReadingRules,
): RowJoin {
  const read = keys.map((key) => createKey(columns, key, there, here, rules));
  const joins = read.map((key) => joinByShift(key, there, here));
  const most = Math.max(0, ...joins.map(({ joined }) => joined.length));
  const first = joins.findIndex(({ joined }) => joined.length * 2 >= most);
  const best = joins[first] ?? { key: [], joined: [], onlyThere: there, onlyHere: here, shift: 0 };
  const shift = best.shift === 0 ? findShift(best, columns, rules) : best.shift;
  return read.slice(first + 1).reduce((result, key) => joinRest(result, key), { ...best, shift });
}

/** The difference of the clocks that most joined rows have, if it is not nothing. */
function findShift({ joined }: RowJoin, columns: PortalColumns, rules: ReadingRules): number {
  const kind = columns.started_at?.kind;
  if (kind === undefined) return 0;
  const differences = joined.flatMap(({ there, here }) => {
    const time = readTime('started_at', kind, there.texts.get('started_at'), rules);
    const own = readClock(here.started_at);
    return time === null || own === null ? [] : [Math.round((time.clock - own) / QUARTER) * QUARTER];
  });
  const [most] = [...Map.groupBy(differences, (difference) => difference)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  return most !== undefined && most[1].length * 2 > differences.length ? most[0] : 0;
}

function joinRest(result: RowJoin, key: Key): RowJoin {
  const { joined, onlyThere, onlyHere } = join(key, result.onlyThere, result.onlyHere, result.shift);
  return { ...result, joined: [...result.joined, ...joined], onlyThere, onlyHere };
}

interface Key {
  readonly columns: readonly string[];
  readonly hasTime: boolean;
  readonly readThere: (row: ThereRow, shift: number) => string | null;
  readonly readHere: (row: HereRow) => string | null;
}

/** If few rows join, the clock of the export may be that of another zone. */
function joinByShift(key: Key, there: readonly ThereRow[], here: readonly HereRow[]): RowJoin {
  const plain = join(key, there, here, 0);
  if (!key.hasTime || plain.joined.length * 2 >= there.length) return plain;
  const shifts = Array.from({ length: 2 * MAX_SHIFT + 1 }, (_, index) => (index - MAX_SHIFT) * QUARTER);
  const counted = shifts.map((shift) => ({ shift, joined: countJoined(key, there, here, shift) }));
  const best = counted.reduce((a, b) => (b.joined > a.joined ? b : a));
  return best.joined > 2 * plain.joined.length && best.joined * 2 >= there.length
    ? join(key, there, here, best.shift)
    : plain;
}

function countJoined(key: Key, there: readonly ThereRow[], here: readonly HereRow[], shift: number): number {
  const known = new Set(here.map(key.readHere));
  return there.filter((row) => known.has(key.readThere(row, shift) ?? '')).length;
}

function join(key: Key, there: readonly ThereRow[], here: readonly HereRow[], shift: number): RowJoin {
  const waiting = new Map<string, HereRow[]>();
  for (const row of here) {
    const text = key.readHere(row);
    if (text === null) continue;
    const rows = waiting.get(text);
    if (rows === undefined) waiting.set(text, [row]);
    else rows.push(row);
  }
  const joined: JoinedRow[] = [];
  const taken = new Set<HereRow>();
  let rest = there;
  for (const step of key.hasTime ? NEAR : [0]) {
    const left: ThereRow[] = [];
    for (const row of rest) {
      const found = waiting.get(key.readThere(row, shift + step) ?? '')?.shift();
      if (found === undefined) left.push(row);
      else {
        joined.push({ there: row, here: found });
        taken.add(found);
      }
    }
    rest = left;
  }
  const onlyHere = here.filter((row) => !taken.has(row));
  return { key: key.columns, joined, onlyThere: rest, onlyHere, shift };
}

function createKey(
  columns: PortalColumns,
  names: readonly string[],
  there: readonly ThereRow[],
  here: readonly HereRow[],
  rules: ReadingRules,
): Key {
  const parts = names.map((name) => createPart(name, columns[name]?.kind ?? 'text', there, here, rules));
  const write = (values: readonly (string | null)[]) => (values.includes(null) ? null : values.join('\n'));
  return {
    columns: names,
    hasTime: parts.some(({ isTime }) => isTime),
    readThere: (row, shift) => write(parts.map((part) => part.readThere(row, shift))),
    readHere: (row) => write(parts.map((part) => part.readHere(row))),
  };
}

interface KeyPart {
  readonly isTime: boolean;
  readonly readThere: (row: ThereRow, shift: number) => string | null;
  readonly readHere: (row: HereRow) => string | null;
}

function createPart(
  name: string,
  kind: PortalColumns[string]['kind'],
  there: readonly ThereRow[],
  here: readonly HereRow[],
  rules: ReadingRules,
): KeyPart {
  const readText = (row: HereRow) => (row[name] === null || row[name] === undefined ? null : String(row[name]));
  const reduce = (text: string | null | undefined) => (text === null || text === undefined ? null : reduceText(text));
  switch (kind) {
    case 'time':
    case 'utc': {
      const times = there.map(({ texts }) => readTime(name, kind, texts.get(name), rules));
      // a file without seconds is joined by the minute
      const unit = times.some((time) => time?.hasSeconds === true) ? SECOND : 60 * SECOND;
      const write = (clock: number | null | undefined) =>
        clock === null || clock === undefined ? null : String(Math.floor(clock / unit));
      return {
        isTime: true,
        readThere: ({ texts }, shift) => {
          const clock = readTime(name, kind, texts.get(name), rules)?.clock;
          return write(clock === undefined ? null : clock - shift);
        },
        readHere: (row) => write(readClock(row[name])),
      };
    }
    case 'day':
      return {
        isTime: false,
        readThere: ({ texts }) => {
          const time = readTime(name, kind, texts.get(name), rules);
          return time === null ? null : toDay(time.clock);
        },
        readHere: readText,
      };
    case 'queue': {
      const find = findQueues(here.map(readText));
      return {
        isTime: false,
        // what has no queue is the same on both sides
        readThere: ({ texts }) => {
          const text = texts.get(name) ?? null;
          return isEmpty(text) ? '' : find(text);
        },
        readHere: (row) => reduce(readText(row)) ?? '',
      };
    }
    case 'id':
      return {
        isTime: false,
        readThere: ({ texts }) => parseId(texts.get(name) ?? ''),
        readHere: readText,
      };
    default:
      return {
        isTime: false,
        readThere: ({ texts }) => reduce(texts.get(name)),
        readHere: (row) => reduce(readText(row)),
      };
  }
}

/** Finds a queue by its path, else by its last name if only one queue has it. Paths are written with various separators. */
export function findQueues(paths: readonly (string | null)[]): (text: string | null) => string | null {
  const known = new Set(paths.flatMap((path) => (path === null ? [] : [path])));
  const full = new Set([...known].map(reduceText));
  const leaves = Map.groupBy(known, (path) => reduceText(path.split(' > ').at(-1) ?? path));
  return (text) => {
    if (text === null) return null;
    const reduced = reduceText(text);
    if (full.has(reduced)) return reduced;
    const [only, ...others] = leaves.get(reduced) ?? [];
    return only === undefined || others.length > 0 ? reduced : reduceText(only);
  };
}
