import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { at, type Line, objectKey, origin, type Row, useLake } from './lake-of-lines.ts';

const ask = useLake();

type Fields = Readonly<Record<string, unknown>>;

/** Lines of one reading: of a record, or of what is inside one record of each parent. */
function linesOf({ key, source }: Endpoint, from: Fields): Fields[] {
  if (source.kind === 'tail')
    return [{ id: 1, [source.cursor]: at('09:00'), [source.eventTime]: at('08:00'), ...from }];
  if (source.kind === 'snapshot') return [{ id: 1, assignees: [{ id: 5 }], ...from }];
  return source.parents.map(({ endpoint, paths }) => ({
    ...Object.fromEntries(key.map((field) => [field, 1])),
    _parent_type: endpoint,
    _parent_id: 1,
    _parent_updated_at: null,
    _parent_path: paths[0],
    ...from,
  }));
}

describe.each(ENDPOINTS)('the history of $name', (endpoint) => {
  const folder = `raw/${endpoint.name}`;
  const history = `SELECT * FROM ${endpoint.name}_history ORDER BY ALL`;

  it('has a version once, even if it was read, committed and written repeatedly', async () => {
    const first = linesOf(endpoint, origin('10:00', 1));
    const once = await ask({ [objectKey(folder, 1)]: first }, history);
    expect(once).toHaveLength(first.length);
    expect(once.map((row) => row.replaced_at)).toEqual(first.map(() => null));
    const again = {
      // written by a run that died before it committed, and with more by the next one
      [`${objectKey(folder, 1)}-left`]: first,
      [objectKey(folder, 1)]: first,
      [objectKey(folder, 2)]: [...first, ...linesOf(endpoint, origin('11:00', 2))],
      [objectKey(folder, 3)]: linesOf(endpoint, origin('12:00', 3)),
    };
    expect(await ask(again, history)).toEqual(once);
  });

  it('has one version for each change of a record, also if it returns to earlier content', async () => {
    const contents = ['a', 'b', 'b', 'a'];
    const readings = contents.map((note, index) => [
      objectKey(folder, index + 1),
      linesOf(endpoint, { note, ...origin(`1${index}:00`, index + 1) }),
    ]);
    const versions = `SELECT extracted_at, replaced_at, count(*) AS rows FROM ${endpoint.name}_history GROUP BY ALL ORDER BY 1`;
    const rows = linesOf(endpoint, {}).length;
    expect(await ask(Object.fromEntries(readings), versions)).toEqual([
      { extracted_at: at('10:00'), replaced_at: at('11:00'), rows },
      { extracted_at: at('11:00'), replaced_at: at('13:00'), rows },
      { extracted_at: at('13:00'), replaced_at: null, rows },
    ]);
  });
});

/** What was read at one time: the contents of three places, of which some are empty. */
interface Reading {
  readonly changed: number;
  readonly contents: readonly (string | null)[];
  /** How it was written: once, twice, or again by a later batch. */
  readonly written: 'once' | 'twice' | 'again';
}

interface Kind {
  readonly what: string;
  readonly folder: string;
  /** Place, content and time of change of every version. */
  readonly versions: string;
  /** Versions are ordered by the time of change and not by the time of reading alone. */
  readonly isVersioned: boolean;
  /** The line of a content in a place. */
  readonly line: (place: number, content: string, changed: string) => Fields;
  /** Says that there is nothing; undefined if that cannot be. */
  readonly none: ((changed: string) => Fields) | undefined;
}

const inside = (parent: string, id: number, changed: string | null, path: string) => ({
  _parent_type: parent,
  _parent_id: id,
  _parent_updated_at: changed,
  _parent_path: path,
});

const KINDS: readonly Kind[] = [
  {
    what: 'a record of a tail',
    folder: 'raw/call',
    versions: 'SELECT 0 AS place, status AS content, updated_at AS changed',
    isVersioned: true,
    line: (_place, status, changed) => ({ id: 1, status, updated_at: changed }),
    none: undefined,
  },
  {
    what: 'a snapshot',
    folder: 'raw/agent',
    versions: 'SELECT id AS place, first_name AS content, NULL AS changed',
    isVersioned: false,
    line: (id, first_name) => ({ id, first_name }),
    none: () => ({ _none: true }),
  },
  {
    what: 'what is inside a record of a tail',
    folder: 'raw/call_participant',
    versions: 'SELECT id AS place, status AS content, parent_updated_at AS changed',
    isVersioned: true,
    line: (id, status, changed) => ({ id, status, ...inside('call', 7, changed, `participants[${id}]`) }),
    none: (changed) => ({ ...inside('call', 7, changed, ''), _parent_path: undefined, _none: true }),
  },
  {
    what: 'what is inside a snapshot',
    folder: 'raw/user_info',
    versions: 'SELECT parent_id AS place, name AS content, NULL AS changed',
    isVersioned: false,
    line: (team, name) => ({ id: 1, name, ...inside('team_with_assignees', team, null, 'assignees[0]') }),
    none: () => ({ ...inside('team_with_assignees', 1, null, ''), _parent_path: undefined, _none: true }),
  },
];

/** Minute of the first reading; changes begin at 0. */
const FIRST_READING = 3;

const minute = (count: number) => at(`10:${String(count).padStart(2, '0')}`);

function objectsOf({ folder, line, none }: Kind, readings: readonly Reading[]) {
  const objects: Record<string, Line[]> = {};
  for (const [index, { changed, contents, written }] of readings.entries()) {
    const found = contents.flatMap((content, place) =>
      content === null ? [] : [line(place, content, minute(changed))],
    );
    const records = found.length > 0 || none === undefined ? found : [none(minute(changed))];
    const write = (batch: number, name = '') => {
      const from = origin(minute(FIRST_READING + index), batch);
      objects[`${objectKey(folder, batch)}${name}`] = records.map((record) => ({ ...record, ...from }));
    };
    write(2 * index + 1);
    if (written === 'twice') write(2 * index + 1, '-left');
    if (written === 'again') write(2 * index + 2);
  }
  return objects;
}

/** What had been read by then and was the newest: `place content`. */
function knownAt(readings: readonly Reading[], time: number, isVersioned: boolean): string[] {
  const read = readings.slice(0, time + 1);
  // a change in the future counts as of its reading
  const changes = read.map(({ changed }, index) => Math.min(changed, FIRST_READING + index));
  const newest = isVersioned ? changes.lastIndexOf(Math.max(...changes)) : -1;
  const last = read.at(newest);
  return (last?.contents ?? []).flatMap((content, place) => (content === null ? [] : [`${place} ${content}`]));
}

const isKnownAt = ({ extracted_at: from, replaced_at: end }: Row, time: number) =>
  String(from) <= minute(FIRST_READING + time) && (end === null || String(end) > minute(FIRST_READING + time));

describe('whatever was read and written, the history', () => {
  const content = fc.constantFrom('a', 'b', null);

  it.each(KINDS)('of $what shows for every time what was known then, and no version twice', async (kind) => {
    const { folder, versions, isVersioned, none } = kind;
    const reading = fc.record({
      changed: fc.integer({ min: 0, max: 5 }),
      contents: none === undefined ? fc.tuple(fc.constantFrom('a', 'b')) : fc.tuple(content, content, content),
      written: fc.constantFrom('once' as const, 'twice' as const, 'again' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { minLength: 1, maxLength: 8 }), async (readings) => {
        const sql = `${versions}, extracted_at, replaced_at FROM ${folder.slice('raw/'.length)}_history`;
        const rows = await ask(objectsOf(kind, readings), sql);
        for (const time of readings.keys())
          expect([
            time,
            ...rows
              .filter((row) => isKnownAt(row, time))
              .map((row) => `${row.place} ${row.content}`)
              .sort(),
          ]).toEqual([time, ...knownAt(readings, time, isVersioned).sort()]);
        const starts = rows.map((row) => [row.place, row.content, row.changed, row.extracted_at].join(' '));
        expect(new Set(starts).size).toBe(rows.length);
        // what changed in the future is older the earlier it was read: a late reading may lie between two of the same
        if (readings.some(({ changed }, index) => changed > FIRST_READING + index)) return;
        const ends = rows.map((row) => [row.place, row.content, row.changed, row.replaced_at].join(' '));
        expect(starts.filter((start) => ends.includes(start))).toEqual([]);
      }),
      { numRuns: 50, seed: 20_261_128 },
    );
  });
});
