import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditTail, clusterTimes, type TailAudit } from '../../lambdas/audit/audit-tail.ts';
import {
  type AuditWindow,
  cutAtDoubts,
  halveWindow,
  mergeWindows,
  splitDays,
} from '../../lambdas/audit/audit-window.ts';
import { LakeIndex, type LakeRecord } from '../../lambdas/audit/lake-index.ts';
import { TailWindows } from '../../lambdas/audit/platform-window.ts';
import { RequestBudget } from '../../lambdas/audit/request-budget.ts';
import { judgeWindow } from '../../lambdas/audit/window-result.ts';
import { NarrowingBudget } from '../../lambdas/sources/narrow-page.ts';
import { RowValidator } from '../../lambdas/sources/validate.ts';
import { entry, HOUR, iso, MINUTE, NOW, Setup } from '../sources/source-setup.ts';
import type { Habits, Row } from '../support/fake-platform.ts';

const DAY = 24 * HOUR;
const now = Date.parse(NOW);
const QUIET = now - 11 * MINUTE;
const RANGE = { from: now - 2.5 * DAY, until: QUIET };

/** A platform with calls, and a lake that has them all. */
class Audited {
  readonly setup: Setup;
  readonly rows: Row[];
  lake: LakeRecord[];
  quarantined = new Set<string>();
  marked = new Set<string>();
  doubts: AuditWindow[] = [];
  lostBatches = new Set<number>();
  range: AuditWindow = RANGE;
  /** Alters `Total` of every answer. */
  lie: (total: number, url: URL) => number | null = (total) => total;
  budget = new RequestBudget(10_000);

  constructor(count: number, habits: Partial<Habits> = {}) {
    this.setup = new Setup(habits);
    const step = Math.floor((QUIET - RANGE.from) / count);
    this.setup.calls(...Array.from({ length: count }, (_, i) => now - QUIET + i * step));
    this.rows = this.setup.platform.rows('/calls');
    this.lake = this.rows.map(({ id, updated_at }, i) => ({
      id: String(id),
      at: Date.parse(String(updated_at)),
      batch: Math.floor(i / 50) + 1,
    }));
    const answer = this.setup.platform.answer.bind(this.setup.platform);
    this.setup.platform.answer = (url) => {
      const { body, headers } = answer(url);
      const total = headers.total === undefined ? null : this.lie(Number(headers.total), url);
      const { total: _, ...others } = headers;
      return { body, headers: total === null ? others : { ...others, total: String(total) } };
    };
  }

  forget(...ids: number[]): void {
    this.lake = this.lake.filter(({ id }) => !ids.includes(Number(id)));
  }

  audit() {
    const endpoint = entry('call');
    if (endpoint.source.kind !== 'tail') throw new Error('call is no tail');
    const options = {
      ...this.setup.context,
      endpoint,
      source: endpoint.source,
      client: this.setup.client,
      validator: new RowValidator(endpoint.schema),
      narrowing: new NarrowingBudget(),
      historyStart: 0,
      lookBack: 10 * MINUTE,
      settle: MINUTE,
      ahead: 4,
    };
    const { quarantined, marked, doubts, lostBatches, range } = this;
    const audit: TailAudit = {
      ...{ endpoint: 'call', range, quietUntil: QUIET, now: () => now, doubts, lostBatches, quarantined, marked },
      platform: new TailWindows(options, this.budget),
      lake: new LakeIndex(this.lake),
    };
    return auditTail(audit);
  }
}

const missingOf = (results: Awaited<ReturnType<Audited['audit']>>) => results.flatMap(({ missing }) => missing);

describe('a tail without a difference', () => {
  it('is proven complete by two requests a day', async () => {
    const audited = new Audited(1_033);
    const results = await audited.audit();
    expect(results.map(judgeWindow)).toEqual(['complete', 'complete', 'complete']);
    expect(results.map(({ countedBy }) => countedBy)).toEqual(['total', 'total', 'total']);
    expect(results.reduce((sum, { lakeCount }) => sum + (lakeCount ?? 0), 0)).toBe(1_033);
    expect(audited.setup.platform.requests).toHaveLength(6);
  });

  it('needs a third request for a day whose last page is full', async () => {
    const audited = new Audited(1_000);
    const [, day] = splitDays(RANGE);
    if (day === undefined) throw new Error('no second day');
    const ofDay = audited.lake.filter(({ at }) => at >= day.from && at <= day.until).slice(0, 200);
    const ids = new Set(ofDay.map(({ id }) => id));
    audited.lake = ofDay;
    audited.rows.splice(0, audited.rows.length, ...audited.rows.filter(({ id }) => ids.has(String(id))));
    audited.range = day;
    const results = await audited.audit();
    expect(results).toMatchObject([{ platformCount: 200, lakeCount: 200, countedBy: 'total' }]);
    expect(audited.setup.platform.requests).toHaveLength(3);
  });

  it('is empty on both sides', async () => {
    const audited = new Audited(1);
    audited.rows.splice(0);
    audited.lake = [];
    const results = await audited.audit();
    expect(results.map(({ platformCount, countedBy }) => [platformCount, countedBy])).toEqual(
      Array.from({ length: 3 }, () => [0, 'total']),
    );
  });
});

describe('missing records', () => {
  it('are named, with the range that heals them', async () => {
    const audited = new Audited(3_000);
    audited.forget(2_001, 2_002, 7);
    const results = await audited.audit();
    expect(missingOf(results).sort()).toEqual(['2001', '2002', '7']);
    const ranges = results.flatMap(({ heal }) => heal);
    for (const id of [7, 2_001, 2_002]) {
      const at = Date.parse(String(audited.rows[id - 1]?.updated_at));
      expect(ranges.some(({ from, until }) => from <= at && at <= until)).toBe(true);
    }
    expect(audited.setup.platform.requests.length).toBeLessThan(60);
  });

  it('are found if a whole day is gone', async () => {
    const audited = new Audited(600);
    const day = splitDays(RANGE)[1];
    if (day === undefined) throw new Error('no second day');
    const gone = audited.lake.filter(({ at }) => at >= day.from && at <= day.until).map(({ id }) => Number(id));
    audited.forget(...gone);
    expect(missingOf(await audited.audit())).toEqual(gone.sort((a, b) => a - b).map(String));
  });

  it('include a record whose newest version the lake lacks', async () => {
    const audited = new Audited(500);
    audited.lake = audited.lake.map((each) => (each.id === '40' ? { ...each, at: each.at - DAY } : each));
    const results = await audited.audit();
    expect(missingOf(results)).toEqual(['40']);
    expect(results.flatMap(({ missingUpstream }) => missingUpstream)).toEqual([]);
    expect(results.reduce((sum, { changed }) => sum + changed, 0)).toBe(1);
  });

  it('include an older version in the same window if the lake is known to be damaged there', async () => {
    const audited = new Audited(500);
    const record = audited.lake.find(({ id }) => id === '40');
    if (record === undefined) throw new Error('no record 40');
    audited.lake = audited.lake.map((each) => (each.id === '40' ? { ...each, at: each.at - MINUTE } : each));
    expect(missingOf(await audited.audit())).toEqual([]);
    audited.doubts = [{ from: record.at - 5 * MINUTE, until: record.at + 5 * MINUTE }];
    const results = await audited.audit();
    expect(missingOf(results)).toEqual(['40']);
    expect(results.map(({ countedBy }) => countedBy)).toContain('both');
  });

  it('include the records of a batch that the ledger lost', async () => {
    const audited = new Audited(500);
    audited.lostBatches = new Set([2]);
    const ids = audited.lake.filter(({ batch }) => batch === 2).map(({ id }) => id);
    expect(missingOf(await audited.audit()).sort()).toEqual(ids.sort());
  });

  it('do not include records in quarantine', async () => {
    const audited = new Audited(500);
    audited.forget(9);
    audited.quarantined = new Set(['9']);
    const results = await audited.audit();
    expect(results.map(judgeWindow)).toEqual(['complete', 'complete', 'complete']);
    expect(results.reduce((sum, { setAside }) => sum + setAside, 0)).toBe(1);
  });
});

describe('records that the platform does not show', () => {
  it('are missing upstream if they are nowhere', async () => {
    const audited = new Audited(500);
    audited.rows.splice(100, 1);
    const results = await audited.audit();
    expect(results.flatMap(({ missingUpstream }) => missingUpstream)).toEqual(['101']);
    expect(results.map(judgeWindow)).toEqual(['complete', 'complete', 'complete']);
  });

  it('cost nothing more once they are marked', async () => {
    const audited = new Audited(500);
    audited.rows.splice(100, 1);
    audited.marked = new Set(['101']);
    const results = await audited.audit();
    expect(results.map(({ countedBy }) => countedBy)).toEqual(['total', 'total', 'total']);
    expect(results.flatMap(({ missingUpstream }) => missingUpstream)).toEqual([]);
  });

  it('have changed if they are among the newest', async () => {
    const audited = new Audited(500);
    let asked = 0;
    audited.setup.platform.beforeRequest = () => {
      asked += 1;
      if (asked === 2) for (const id of [77, 401]) Object.assign(audited.rows[id - 1] ?? {}, { updated_at: iso(now) });
    };
    const results = await audited.audit();
    expect(results.map(judgeWindow)).toEqual(['complete', 'complete', 'complete']);
    expect(results.flatMap(({ missingUpstream }) => missingUpstream)).toEqual([]);
    expect(results.reduce((sum, { changed }) => sum + changed, 0)).toBeGreaterThan(0);
  });

  it('are looked for behind the audited range', async () => {
    const audited = new Audited(500);
    const first = splitDays(RANGE)[0];
    if (first === undefined) throw new Error('no first day');
    audited.range = first;
    const old = audited.lake.at(-1);
    if (old === undefined) throw new Error('no record');
    Object.assign(audited.rows[Number(old.id) - 1] ?? {}, { updated_at: iso(now - DAY) });
    const results = await audited.audit();
    expect(results.flatMap(({ missingUpstream }) => missingUpstream)).toEqual([]);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ changed: 1, missing: [] });
  });
});

describe('a platform whose Total cannot be used', () => {
  it.each([
    ['sends none', { total: false }, undefined],
    ['sends the number of rows on the page', {}, (_: number, url: URL) => Number(url.searchParams.get('per'))],
    ['sends one that is too low', {}, (total: number) => Math.max(0, total - 100)],
    ['sends one that is too high', {}, (total: number) => total + 1],
    ['ignores the end of a range', { heedsTo: false }, undefined],
  ] as const)('%s: the ids are listed', async (_, habits, lie) => {
    const audited = new Audited(900, habits);
    if (lie !== undefined) audited.lie = lie;
    audited.forget(300);
    const results = await audited.audit();
    expect(missingOf(results)).toEqual(['300']);
    expect(results.map(({ countedBy }) => countedBy)).toContain('ids');
  });

  it('cannot hide missing records behind a Total that equals the count of the lake', async () => {
    const audited = new Audited(900);
    audited.forget(300);
    audited.lie = (total) => total - 1;
    expect(missingOf(await audited.audit())).toEqual(['300']);
  });

  it('is not provable beyond the budget, and says so', async () => {
    const audited = new Audited(900, { total: false });
    audited.budget = new RequestBudget(7);
    const results = await audited.audit();
    expect(results.map(judgeWindow)).toContain('not provable');
    expect(results.at(-1)?.reason).toBe('the budget of 7 requests is spent');
    expect(audited.setup.platform.requests).toHaveLength(7);
  });
});

it('finds exactly what is missing, whatever Total says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 900 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -200, max: 200 }), fc.constant(null)), { minLength: 1 }),
      async (count, forgotten, quarantined, lies) => {
        const audited = new Audited(count);
        const gone = new Set(forgotten.map((each) => 1 + (each % count)));
        audited.forget(...gone);
        const aside = new Set(quarantined.map((each) => String(1 + (each % count))));
        audited.quarantined = aside;
        let asked = 0;
        audited.lie = (total) => {
          const lie = lies[asked++ % lies.length];
          return lie == null ? null : Math.max(0, total + lie);
        };
        const results = await audited.audit();
        const expected = [...gone].filter((id) => !aside.has(String(id))).sort((a, b) => a - b);
        expect(
          missingOf(results)
            .map(Number)
            .sort((a, b) => a - b),
        ).toEqual(expected);
        expect(results.flatMap(({ missingUpstream }) => missingUpstream)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

describe('windows', () => {
  it('are the UTC days of a range', () => {
    expect(splitDays({ from: 5, until: 2 * DAY })).toEqual([
      { from: 5, until: DAY - 1 },
      { from: DAY, until: 2 * DAY - 1 },
      { from: 2 * DAY, until: 2 * DAY },
    ]);
    expect(splitDays({ from: 5, until: 4 })).toEqual([]);
  });

  it('are halved down to a millisecond', () => {
    expect(halveWindow({ from: 3, until: 4 })).toEqual([
      { from: 3, until: 3 },
      { from: 4, until: 4 },
    ]);
    expect(halveWindow({ from: 3, until: 3 })).toBeUndefined();
  });

  it('are cut at doubtful ranges without a gap', () => {
    const windows = fc.tuple(fc.nat(100), fc.nat(20)).map(([from, length]) => ({ from, until: from + length }));
    fc.assert(
      fc.property(windows, fc.array(windows, { maxLength: 5 }), (window, doubts) => {
        const parts = cutAtDoubts(window, doubts);
        expect(mergeWindows(parts)).toEqual([window]);
        for (const { from, until, isDoubtful } of parts)
          for (let time = from; time <= until; time++)
            expect(doubts.some((doubt) => doubt.from <= time && time <= doubt.until)).toBe(isDoubtful);
      }),
    );
  });

  it('to heal are few and short', () => {
    expect(clusterTimes([9 * HOUR, 5, 6, 9 * HOUR + MINUTE])).toEqual([
      { from: 5, until: 6 },
      { from: 9 * HOUR, until: 9 * HOUR + MINUTE },
    ]);
  });
});
