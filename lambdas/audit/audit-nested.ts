import type { Endpoint } from '../../catalog/index.ts';
import { listHealRanges } from './audit-tail.ts';
import type { AuditWindow } from './audit-window.ts';
import type { NestedDay } from './audited-lake.ts';
import type { WindowResult } from './window-result.ts';

const DAY = 86_400_000;

/** The days of one parent of a nested endpoint. */
export interface ComparedParent {
  readonly endpoint: string;
  /** Days of the parents' records. */
  readonly days: readonly NestedDay[];
}

/**
 * Compares nested records with the records of their parents. No request is sent. The parents themselves are audited on their own.
 * @returns one result per day, over all parents
 */
export function auditNested(
  { name }: Endpoint,
  parents: readonly ComparedParent[],
  range: AuditWindow,
): WindowResult[] {
  const days = parents.flatMap(({ endpoint, days: ofParent }) => ofParent.map((day) => ({ ...day, endpoint })));
  const byDay = Map.groupBy(days, ({ dt }) => dt);
  return [...byDay]
    .map(([dt, ofDay]) => {
      const start = Date.parse(`${dt}T00:00:00.000Z`);
      const sum = (count: 'expected' | 'found') => ofDay.reduce((all, day) => all + day[count], 0);
      const different = ofDay.flatMap(({ endpoint, different: parentsOf }) =>
        parentsOf.map((parent) => ({ ...parent, endpoint })),
      );
      const missing = different.map(({ endpoint, id }) => `${endpoint} ${id}`);
      const [expected, found] = [sum('expected'), sum('found')];
      return {
        ...({ endpoint: name, part: 'records', from: start, until: start + DAY - 1 } as const),
        countedBy: 'parents' as const,
        platformCount: expected,
        lakeCount: found,
        missing,
        healed: 0,
        ...{ missingUpstream: [], shownAgain: [], changed: 0, reason: null },
        setAside: missing.length === 0 ? Math.max(0, expected - found) : 0,
        heal: [...Map.groupBy(different, (each) => each.endpoint)].flatMap(([endpoint, ofParent]) =>
          listHealRanges(
            endpoint,
            ofParent.map(({ at }) => at),
          ),
        ),
      };
    })
    .filter(({ from, until }) => until >= range.from && from <= range.until)
    .sort((a, b) => a.from - b.from);
}
