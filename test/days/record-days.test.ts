import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utcDate } from '../../catalog/timestamp.ts';
import {
  addVersion,
  formatRecordDays,
  MAX_OTHER_DAYS,
  parseRecordDays,
  type RecordDays,
} from '../../lambdas/days/record-days.ts';
import { isNewerVersion, type RecordVersion } from '../../lambdas/days/record-version.ts';

const DAY = 86_400_000;
const AT = Date.parse('2026-03-02T12:00:00.000Z');

const version = (dt: string, changedAt: number | null, changes: Partial<RecordVersion> = {}): RecordVersion => ({
  changedAt,
  batch: 7,
  extractedAt: AT,
  dt,
  ...changes,
});

const anyTime = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 11, 31) });
const anyVersion = fc
  .tuple(fc.option(anyTime), fc.nat(10 ** 9), anyTime, anyTime)
  .map(([changed, batch, extractedAt, event]): RecordVersion => {
    const changedAt = changed === null ? null : Math.min(changed, extractedAt);
    return { changedAt, batch, extractedAt, dt: utcDate(event) };
  });

const addAll = (versions: readonly RecordVersion[]): RecordDays | undefined =>
  versions.reduce<RecordDays | undefined>((known, each) => addVersion(known, each), undefined);

describe('the days of a record', () => {
  it('have the newest version, and the other days in any order of its versions', () => {
    fc.assert(
      fc.property(fc.array(anyVersion, { minLength: 1, maxLength: MAX_OTHER_DAYS }), (versions) => {
        const known = addAll(versions);
        expect(versions.some((each) => known !== undefined && isNewerVersion(each, known.newest))).toBe(false);
        const days = [...new Set(versions.map(({ dt }) => dt))].sort();
        expect([known?.newest.dt, ...(known?.others ?? [])].sort()).toEqual(days);
      }),
    );
  });

  it('stay the same object if a known version is added again', () => {
    fc.assert(
      fc.property(fc.array(anyVersion, { minLength: 1, maxLength: 10 }), (versions) => {
        const known = addAll(versions);
        for (const each of versions) expect(addVersion(known, each)).toBe(known);
      }),
    );
  });

  it('are read as they were formatted', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyVersion, { minLength: 1, maxLength: 5 }), { maxLength: 40 }), (records) => {
        const days = new Map(
          records.flatMap((versions, index) => {
            const known = addAll(versions);
            return known === undefined ? [] : [[index.toString(36), known] as const];
          }),
        );
        expect(parseRecordDays(formatRecordDays(days))).toEqual(days);
      }),
    );
  });

  it('are bounded: the days in which the record was first are dropped', () => {
    const dayOf = (index: number) => utcDate(AT + index * DAY);
    const known = addAll(Array.from({ length: 100 * MAX_OTHER_DAYS }, (_, i) => version(dayOf(i), AT - 10_000 + i)));
    const last = 100 * MAX_OTHER_DAYS - 1;
    expect(known?.newest.dt).toBe(dayOf(last));
    expect(known?.others).toEqual(Array.from({ length: MAX_OTHER_DAYS }, (_, i) => dayOf(last - MAX_OTHER_DAYS + i)));
  });
});

it.each([
  ['the later change', version('2026-03-02', AT - 1), version('2026-03-03', AT - 2, { batch: 9 })],
  ['any change', version('2026-03-02', AT - 1), version('2026-03-03', null)],
  ['the later batch', version('2026-03-02', AT - 1, { batch: 8 }), version('2026-03-03', AT - 1)],
  ['the later reading', version('2026-03-02', AT - 9), version('2026-03-03', AT - 9, { extractedAt: AT - 1 })],
  ['the later day', version('2026-03-03', AT - 9), version('2026-03-02', AT - 9)],
])('%s makes a version the newer one', (_what, newer, older) => {
  expect([isNewerVersion(newer, older), isNewerVersion(older, newer)]).toEqual([true, false]);
});
