import { ENDPOINTS, findEndpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import type { TimeRange } from '../common/time-range.ts';
import { type AuditWindow, mergeWindows } from './audit-window.ts';
import { identifyWindow, type WindowResult } from './window-result.ts';

/** One run that heals. */
export interface HealRun {
  readonly endpoint: string;
  /** The range to backfill. @default - a live run */
  readonly range?: TimeRange;
  /** A live run writes what it reads even if it is known. */
  readonly again?: true;
}

/**
 * Plans the runs that bring back what is missing, in their order: backfills of tails and new snapshots, then the nested endpoints that
 * read from them.
 */
export function planHealing(results: readonly WindowResult[]): HealRun[] {
  const ranges = results.flatMap(({ missing, heal }) => (missing.length > 0 ? heal : []));
  const byEndpoint = Map.groupBy(ranges, ({ endpoint }) => endpoint);
  const runs = [...byEndpoint].flatMap(([endpoint, ofEndpoint]): HealRun[] =>
    findEndpoint(endpoint)?.source.kind === 'tail'
      ? mergeWindows(ofEndpoint).map((window) => ({ endpoint, range: toRange(window) }))
      : [{ endpoint, again: true }],
  );
  const nested = ENDPOINTS.filter(
    ({ source }) => source.kind === 'nested' && source.parents.some((parent) => byEndpoint.has(parent.endpoint)),
  );
  return [...runs, ...nested.map(({ name }) => ({ endpoint: name }))];
}

/** Endpoints to compare again after healing. */
export const listHealed = (runs: readonly HealRun[], results: readonly WindowResult[]): string[] => [
  ...new Set([
    ...runs.map(({ endpoint }) => endpoint),
    ...results.filter(({ missing }) => missing.length > 0).map(({ endpoint }) => endpoint),
  ]),
];

/**
 * The results after healing, with the number of records that were missing before and are not any more. What could not be compared again
 * is as it was before.
 */
export function mergeHealed(before: readonly WindowResult[], after: readonly WindowResult[]): WindowResult[] {
  const known = new Map(before.map((result) => [identifyWindow(result), result]));
  const again = new Map(after.map((result) => [identifyWindow(result), result]));
  return [
    ...before.filter((result) => !again.has(identifyWindow(result))),
    ...after.map((result) => {
      const was = known.get(identifyWindow(result));
      if (was !== undefined && result.countedBy === null) return keepMissing(was, result.reason);
      const still = new Set(result.missing);
      const healed = (was?.missing ?? []).filter((id) => !still.has(id)).length;
      const { missingUpstream = [], shownAgain = [] } = was ?? {};
      return {
        ...result,
        healed,
        missingUpstream: [...new Set([...missingUpstream, ...result.missingUpstream])],
        shownAgain: [...new Set([...shownAgain, ...result.shownAgain])],
      };
    }),
  ];
}

/** The result of a window that could not be compared again after healing: it says why, if something was missing. */
export const keepMissing = (was: WindowResult, reason: string | null): WindowResult =>
  was.missing.length === 0 ? was : { ...was, reason: `not compared again after healing: ${reason}` };

const toRange = ({ from, until }: AuditWindow): TimeRange => ({ from: isoTime(from), to: isoTime(until + 1) });
