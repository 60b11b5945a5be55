import { findEndpoint } from '../../catalog/index.ts';
import type { AuditWindow } from './audit-window.ts';
import type { CountedBy } from './compare-window.ts';

/** What was compared: the records of an endpoint, or what is computed from them. */
export type AuditPart = 'records' | 'segments' | 'metrics';

/** How both sides were counted: at the platform, in a complete snapshot, in the parents' records, or in the raw records. */
export type Way = CountedBy | 'snapshot' | 'parents' | 'raw';

/** The result of one window. `platformCount` = `lakeCount` - `missingUpstream` + `missing` + `setAside` + `changed`, or it was not provable. */
export interface WindowResult extends AuditWindow {
  readonly endpoint: string;
  readonly part: AuditPart;
  /** Null if the window could not be compared. */
  readonly countedBy: Way | null;
  /** Number of records that there should be. */
  readonly platformCount: number | null;
  readonly lakeCount: number | null;
  /** Ids of the records that the lake lacks, or has in an older version only. */
  readonly missing: readonly string[];
  /** Number of records that were missing and are there after healing. */
  readonly healed: number;
  /** Ids of records that the lake has and the platform no longer shows. */
  readonly missingUpstream: readonly string[];
  /** Ids of records that an earlier audit marked as missing upstream and that the platform shows again. */
  readonly shownAgain: readonly string[];
  /** Number of records in quarantine or undeliverable. */
  readonly setAside: number;
  /** Number of records that left the window or entered it during the audit. */
  readonly changed: number;
  /** Why the window could not be compared. Null if it was. */
  readonly reason: string | null;
  /** What to read again, so that nothing is missing. */
  readonly heal: readonly HealRange[];
}

/** A range of a tail to backfill, or a snapshot to take again. */
export interface HealRange extends AuditWindow {
  readonly endpoint: string;
}

/** State of a window: nothing is missing; something was missing and is there now; something is missing; not provable. */
export type WindowState = 'complete' | 'healed' | 'missing' | 'not provable';

export function judgeWindow({
  reason,
  missing,
  healed,
}: Pick<WindowResult, 'reason' | 'missing' | 'healed'>): WindowState {
  if (missing.length > 0) return 'missing';
  if (reason !== null) return 'not provable';
  return healed > 0 ? 'healed' : 'complete';
}

/** A text that two results of the same window have in common. A snapshot is compared as it is now, so all its windows are one. */
export const identifyWindow = ({ endpoint, part, from }: Pick<WindowResult, 'endpoint' | 'part' | 'from'>): string =>
  findEndpoint(endpoint)?.source.kind === 'snapshot' ? `${endpoint} ${part}` : `${endpoint} ${part} ${from}`;

/** Whether nothing is missing in a window. */
export const isProvenWindow = (result: Parameters<typeof judgeWindow>[0]): boolean =>
  ['complete', 'healed'].includes(judgeWindow(result));

/** A window that could not be compared. */
export function createUnproved(
  window: AuditWindow,
  place: Pick<WindowResult, 'endpoint' | 'part'>,
  reason: string,
): WindowResult {
  const { from, until } = window;
  const nothing = {
    countedBy: null,
    platformCount: null,
    lakeCount: null,
    missing: [],
    missingUpstream: [],
    shownAgain: [],
    heal: [],
  };
  return { ...place, from, until, ...nothing, healed: 0, setAside: 0, changed: 0, reason };
}
