import { describe, expect, it } from 'vitest';
import { isoTime } from '../../catalog/timestamp.ts';
import { UnreadableRecords } from '../../lambdas/ledger/unreadable-records.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-03-02T12:00:00.000Z');

const found = (from: number, until: number) => ({
  from: NOON + from * MINUTE,
  until: NOON + until * MINUTE,
  place: `/calls from ${isoTime(NOON)} record ${from}`,
  reason: '500',
});

/** Records that separate runs noted one after the other, as they are stored. */
function noted(...ranges: readonly (readonly [number, number])[]): UnreadableRecords {
  let records = new UnreadableRecords();
  for (const [from, until] of ranges) {
    records.note(found(from, until), NOON + 60 * MINUTE);
    records = new UnreadableRecords(records.serialise());
  }
  return records;
}

describe('an unreadable record', () => {
  it('has each attempt in the journal that was due, and at least one a day', () => {
    let records = noted([1, 2]);
    const journalled: number[] = [];
    const attempt = (now: number) => {
      records = new UnreadableRecords(records.serialise());
      const { tried } = records.note(found(1, 2), now);
      if (tried !== undefined) journalled.push(tried.tries);
    };
    for (let minute = 1; minute <= 20; minute++) attempt(NOON + minute * 60_000);
    expect(journalled).toEqual([]);
    for (let hour = 2; hour <= 72; hour++) attempt(NOON + hour * 3_600_000);
    expect(journalled.length).toBeGreaterThanOrEqual(2);
    expect(journalled.length).toBeLessThanOrEqual(6);
    const before = journalled.length;
    attempt(Date.parse(records.serialise()[0]?.retryAt ?? ''));
    expect(journalled).toHaveLength(before + 1);
  });

  it('has one entry in the quarantine, however often it is met', () => {
    const records = noted([1, 2]);
    expect(records.note(found(1, 2), NOON)).toEqual({ requeued: [] });
    expect(records.note(found(1, 2), NOON)).toEqual({ requeued: [] });
    expect(records.serialise()).toMatchObject([{ tries: 2, from: isoTime(NOON + MINUTE) }]);
  });

  it('becomes one with all others whose ranges it touches, and their entries are requeued', () => {
    const records = noted([1, 2], [4, 5], [7, 8], [20, 21]);
    const [, second, third] = records.serialise();
    const { rejected, requeued } = records.note(found(2, 7), NOON + 90 * MINUTE);
    expect(rejected).toBeUndefined();
    expect(requeued.map(({ entry }) => entry)).toEqual([second?.entry, third?.entry]);
    expect(records.serialise().map(({ from, until }) => [from, until])).toEqual([
      [isoTime(NOON + MINUTE), isoTime(NOON + 8 * MINUTE)],
      [isoTime(NOON + 20 * MINUTE), isoTime(NOON + 21 * MINUTE)],
    ]);
  });

  it('stays due if another record in its range is met in a walk that does not read the whole range', () => {
    const records = noted([1, 10]);
    const later = NOON + 24 * 60 * MINUTE;
    expect(records.note(found(8, 12), later, { from: NOON + 5 * MINUTE })).toEqual({ requeued: [] });
    expect(records.due(later)).toMatchObject([
      { tries: 1, from: isoTime(NOON + MINUTE), until: isoTime(NOON + 12 * MINUTE) },
    ]);
    const whole = { from: NOON + MINUTE, until: NOON + 12 * MINUTE };
    expect(records.note(found(8, 12), later, whole)).toMatchObject({ tried: { tries: 2 } });
    expect(records.due(later)).toEqual([]);
  });

  it('is not due again in a run that met it, although it shared its range with another', () => {
    const records = noted([1, 2], [4, 5]);
    records.note(found(2, 4), NOON + 90 * MINUTE);
    expect(records.due(NOON + 90 * MINUTE)).toEqual([]);
    const later = new UnreadableRecords(records.serialise());
    expect(later.due(NOON + 91 * MINUTE)).toEqual([]);
    expect(later.due(NOON + 24 * 60 * MINUTE)).toHaveLength(1);
  });

  it('becomes part of its neighbour when a hundred are kept, and its quarantine entry is cleared', () => {
    const records = new UnreadableRecords();
    const entries: string[] = [];
    const cleared: string[] = [];
    for (let n = 0; n < 103; n++) {
      const { rejected, requeued } = records.note(found(n * 10, n * 10 + 1), NOON + 3_000 * MINUTE);
      if (rejected !== undefined) entries.push(rejected.place);
      cleared.push(...requeued.map(({ entry }) => entry));
    }
    const kept = records.serialise();
    expect(kept).toHaveLength(100);
    expect(kept[0]).toMatchObject({ from: isoTime(NOON), until: isoTime(NOON + 31 * MINUTE) });
    expect(entries).toHaveLength(103);
    expect(cleared).toHaveLength(3);
    expect(kept.map(({ entry }) => entry)).not.toEqual(expect.arrayContaining(cleared.slice(0, 1)));
    expect(new Set([...kept.map(({ entry }) => entry), ...cleared]).size).toBe(103);
  });
});
