import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { eventTime } from '../../catalog/record-fields.ts';
import { INVALID_EVENT_TIME } from '../../catalog/timestamp.ts';
import { parseJson, writeJson } from '../../lambdas/common/json.ts';
import { findAt } from '../../lambdas/sources/nested/nested-paths.ts';
import { flattenTree } from '../../lambdas/sources/snapshot/flatten-tree.ts';
import { computeFingerprint, Fingerprints } from '../../lambdas/sources/tail/fingerprints.ts';
import { openRanges } from '../../lambdas/sources/tail/open-ranges.ts';
import { OpenRecords } from '../../lambdas/sources/tail/open-records.ts';
import { validate } from '../../lambdas/sources/validate.ts';

const time = fc.integer({ min: 0, max: Date.parse('2059-01-01') });
const MINUTE = 60_000;

describe('fingerprints', () => {
  const records = fc.uniqueArray(fc.tuple(fc.maxSafeInteger(), fc.string(), time), {
    maxLength: 30,
    selector: ([id]) => id,
  });
  const add = (prints: Fingerprints, id: unknown, text: string, at: number) =>
    prints.add(Fingerprints.keyOf(id, text), text, at);
  const has = (prints: Fingerprints, id: unknown, text: string) => prints.has(Fingerprints.keyOf(id, text), text);

  it('come back from their text as they were', () => {
    fc.assert(
      fc.property(records, (entries) => {
        const prints = Fingerprints.parse('');
        for (const [id, text, at] of entries) add(prints, id, text, at);
        const back = Fingerprints.parse(prints.serialise(100_000));
        for (const [id, text] of entries) expect(has(back, id, text)).toBe(true);
        expect(back.size).toBe(entries.length);
        expect(back.serialise(100_000)).toBe(prints.serialise(100_000));
      }),
    );
  });

  it('know only the last content of a record, which can return to earlier content', () => {
    const prints = Fingerprints.parse('');
    add(prints, 7, 'with a photo', 1);
    add(prints, 7, 'without', 1);
    expect(has(prints, 7, 'without')).toBe(true);
    expect(has(prints, 7, 'with a photo')).toBe(false);
    expect(has(prints, 8, 'without')).toBe(false);
  });

  it('move a record to another time without its content, before and after they were serialised', () => {
    for (const serialise of [false, true]) {
      const prints = Fingerprints.parse('');
      for (const [id, at] of [1, 2, 3].entries()) add(prints, id, String(id), at);
      if (serialise) prints.serialise(1_000);
      prints.move(Fingerprints.keyOf(0, '0'), 9);
      prints.move(Fingerprints.keyOf(7, '7'), 9);
      prints.removeBefore(3, () => false);
      const back = Fingerprints.parse(prints.serialise(1_000));
      expect([0, 1, 2, 7].filter((id) => has(back, id, String(id)))).toEqual([0, 2]);
      expect(back.size).toBe(2);
    }
  });

  it('identify records without an id by their content', () => {
    const prints = Fingerprints.parse('');
    add(prints, 'seven', 'one', 1);
    add(prints, undefined, 'two', 1);
    expect([has(prints, 'seven', 'one'), has(prints, undefined, 'two'), has(prints, null, 'three')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('keep the newest if there are too many, and remove those before a time', () => {
    const prints = Fingerprints.parse('');
    for (const at of [3, 1, 5, 2, 4]) add(prints, at, String(at), at);
    const kept = (each: Fingerprints) => [1, 2, 3, 4, 5].filter((at) => has(each, at, String(at)));
    expect(kept(Fingerprints.parse(prints.serialise(47)))).toEqual([3, 4, 5]);
    prints.removeBefore(2, () => false);
    expect(kept(prints)).toEqual([2, 3, 4, 5]);
  });

  it('distinguish contents by every character', () => {
    expect(computeFingerprint('{"a":1}')).toBe(computeFingerprint('{"a":1}'));
    expect(new Set(['{"a":1}', '{"a":2}', '{"a":1} ', '{"a":"1"}'].map(computeFingerprint)).size).toBe(4);
  });

  it('take seventeen bytes for a record among others', () => {
    const prints = Fingerprints.parse('');
    for (let i = 0; i < 100; i++) add(prints, 300_000 + i, String(i), 1.7e12 + 1_500 * i);
    expect(prints.serialise(300_000).length).toBeLessThan(1_720);
  });

  it('of six thousand records with long ids fit into half a DynamoDB item', () => {
    const prints = Fingerprints.parse('');
    for (let i = 0; i < 6000; i++) add(prints, 2 ** 40 + i, String(i), 1.7e12 + i);
    expect(prints.serialise(300_000).length).toBeLessThan(130_000);
    for (const characters of [0, 10, 11, 40, 5_000, 100_000])
      expect(prints.serialise(characters).length).toBeLessThanOrEqual(characters);
  });
});

describe('open records', () => {
  it('come back from their text as they were, negative ids included', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.maxSafeInteger(), time), { maxLength: 20, selector: ([id]) => id });
    fc.assert(
      fc.property(entries, entries, (some, others) => {
        const [a, b] = [OpenRecords.parse(''), OpenRecords.parse('')];
        for (const [id, at] of some) a.add(id, at);
        for (const [id, at] of others) b.add(id, at);
        const back = OpenRecords.parse(a.serialise(b));
        const expected = new Map([...some, ...others]);
        expect(back.times()).toEqual([...expected.values()].sort((x, y) => x - y));
        for (const id of expected.keys()) expect(back.has(id)).toBe(true);
      }),
    );
  });

  it('are removed one by one and by time', () => {
    const open = OpenRecords.parse('');
    for (const id of [1, 2, 3, 4]) open.add(id, id * 10);
    open.remove(1);
    open.removeBetween(20, 30);
    expect([1, 2, 3, 4].map((id) => open.has(id))).toEqual([false, false, true, true]);
  });

  it('are read again in ranges that cover all of them before a time, in order and without overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 * MINUTE })),
        fc.integer({ min: 0, max: 300 * MINUTE }),
        (all, before) => {
          const times = all.toSorted((a, b) => a - b);
          const ranges = openRanges(times, before);
          for (const at of times) expect(ranges.some(({ from, until }) => from <= at && at <= until)).toBe(at < before);
          for (const { from, until } of ranges) expect(times).toEqual(expect.arrayContaining([from, until]));
          for (const [i, { from }] of ranges.entries()) {
            const previous = ranges[i - 1];
            if (previous) expect(from - previous.until).toBeGreaterThan(10 * MINUTE);
          }
        },
      ),
    );
  });
});

describe('a path to nested records', () => {
  const call = {
    participants: [{ id: 1 }, null, { id: 2 }],
    agent_info: { id: 7 },
    end_user: null,
    transfers: [{ to_agent: { id: 8 } }, { to_agent: null }, {}, { to_agent: { id: 9 } }],
    assignees: { id: 5 },
    tags: ['a'],
  };

  it.each([
    [
      'participants[]',
      [
        ['participants[0]', { id: 1 }],
        ['participants[2]', { id: 2 }],
      ],
    ],
    ['agent_info', [['agent_info', { id: 7 }]]],
    [
      'transfers[].to_agent',
      [
        ['transfers[0].to_agent', { id: 8 }],
        ['transfers[3].to_agent', { id: 9 }],
      ],
    ],
    ['assignees[]', [['assignees[0]', { id: 5 }]]],
    ['tags[]', [['tags[0]', 'a']]],
    ['end_user', []],
    ['photos[]', []],
    ['tags[].id', []],
    ['agent_info.teams[].id', []],
  ])('%s leads to each of them with its own place', (path, found) => {
    expect(findAt(writeJson(call), path)).toEqual(
      found.map(([place, value]) => ({ path: place, value, json: JSON.stringify(value) })),
    );
  });

  it('finds nothing in a value that is not an object', () => {
    for (const parent of [null, undefined, 'x', 5, [call]]) expect(findAt(writeJson(parent), 'agent_info')).toEqual([]);
  });
});

describe('a tree', () => {
  type Node = { id: number; children?: Node[] };
  const tree = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.record(
      { id: fc.nat(), children: fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'tree' }) },
      { requiredKeys: ['id'] },
    ),
  })).node;
  const count = (nodes: Node[]): number => nodes.reduce((sum, { children = [] }) => sum + 1 + count(children), 0);

  it('has as many records as nodes, each with the ids from its root to itself', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (roots) => {
        const flat = flattenTree(roots, 'children') as { id: number; _path: number[]; _level: number }[];
        expect(flat).toHaveLength(count(roots));
        for (const [i, { id, _path, _level }] of flat.entries()) {
          expect(_path.at(-1)).toBe(id);
          expect(_path).toHaveLength(_level + 1);
          // depth first: a node follows its parent or a node of the parent's branch
          const parent = flat.slice(0, i).findLast((each) => each._level < _level);
          expect(_level === 0 ? [] : parent?._path).toEqual(_path.slice(0, -1));
          expect(flat[i]).not.toHaveProperty('children');
        }
      }),
    );
  });
});

describe('validation', () => {
  const schema = z.looseObject({
    id: z.int(),
    at: eventTime,
    inner: z.optional(z.object({ a: z.string() })),
  });
  const secret = 'sam@example.com';

  it('keeps a valid record unchanged', () => {
    const row = { id: -3, at: '2026-03-02T12:00:00+01:00', more: [1] };
    expect(validate(schema, row)).toEqual({ record: row });
  });

  it.each([
    [{ id: secret, at: secret }, ['id: expected number, got string', `at: ${INVALID_EVENT_TIME}`]],
    [{ id: 1.5, at: null }, ['id: expected', 'at: expected string, got null']],
    [{}, ['id: missing', 'at: missing']],
    [{ id: 1, at: '2026-03-02T12:00:00Z', inner: { a: 5 } }, ['inner.a: expected string']],
    [{ id: 1, at: '2026-03-02T12:00:00' }, [`at: ${INVALID_EVENT_TIME}`]],
    [[1], ['not an object but an array']],
    [null, ['not an object but null']],
    [secret, ['not an object but string']],
  ])('says of %j which field is wrong, never its value', (row, reasons) => {
    const checked = validate(schema, row);
    if (!('reason' in checked)) throw new Error('it fits');
    for (const reason of reasons) expect(checked.reason).toContain(reason);
    expect(checked.reason).not.toContain(secret);
  });

  it('refuses an id that no number can hold', () => {
    const checked = validate(schema, parseJson('{"id":90071992547409931234,"at":"2026-03-02T12:00:00Z"}'));
    expect(checked).toHaveProperty('reason', expect.stringContaining('id: expected'));
  });
});
