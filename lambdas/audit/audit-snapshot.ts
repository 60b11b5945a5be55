import type { Endpoint } from '../../catalog/index.ts';
import { parseRecordId } from '../../catalog/record-id.ts';
import { parseTimestamp } from '../../catalog/timestamp.ts';
import { IngestError } from '../common/errors.ts';
import type { Taken } from '../lake/lake-records.ts';
import type { Source } from '../sources/source.ts';
import { createToday } from './audit-window.ts';
import type { SnapshotRecord } from './audited-lake.ts';
import { BudgetSpentError } from './request-budget.ts';
import { createUnproved, type WindowResult } from './window-result.ts';

/** What the audit of a snapshot needs. */
export interface SnapshotAudit {
  readonly endpoint: Endpoint;
  /** Walks the collection completely. */
  readonly source: Source;
  /** The newest snapshot in the lake. */
  readonly records: readonly SnapshotRecord[];
  /** True if the object of the newest snapshot is damaged: then contents are compared, too. */
  readonly isDamaged: boolean;
  /** Ids of records in quarantine. */
  readonly quarantined: ReadonlySet<string>;
  /** Platform time, milliseconds. */
  readonly now: number;
}

/**
 * Compares the newest snapshot in the lake with a complete walk over the collection. A record that was created since is not missing:
 * the next run takes it.
 */
export async function auditSnapshot(audit: SnapshotAudit): Promise<WindowResult> {
  const { endpoint, records, isDamaged, quarantined, now } = audit;
  const place = { endpoint: endpoint.name, part: 'records' } as const;
  const window = createToday(now);
  try {
    const { taken, rejected } = await readCollection(audit.source);
    const takenAt = Math.max(...records.map(({ extractedAt }) => extractedAt), Number.NEGATIVE_INFINITY);
    const known = new Map(records.map(({ id, line }) => [id, line]));
    const isInLake = (each: Taken) => {
      const line = known.get(idOf(each));
      return line !== undefined && (!isDamaged || line.startsWith(each.json.slice(0, -1)));
    };
    const absent = taken.filter((each) => !isInLake(each));
    const isNew = ({ record }: Taken) => (parseTimestamp(record.created_at) ?? takenAt) > takenAt;
    const isAside = (each: Taken) => quarantined.has(idOf(each));
    const missing = absent.filter((each) => !isNew(each) && !isAside(each));
    return {
      ...place,
      ...window,
      countedBy: 'snapshot',
      platformCount: taken.length + rejected,
      lakeCount: known.size,
      missing: missing.map(idOf),
      healed: 0,
      missingUpstream: [],
      shownAgain: [],
      setAside: rejected + absent.filter(isAside).length,
      changed: absent.filter(isNew).length,
      reason: null,
      heal: missing.length > 0 ? [{ endpoint: endpoint.name, ...window }] : [],
    };
  } catch (error) {
    if (error instanceof BudgetSpentError || error instanceof IngestError)
      return createUnproved(window, place, error.message);
    throw error;
  }
}

const idOf = ({ record }: Taken): string => String(parseRecordId(record.id));

async function readCollection(source: Source): Promise<{ taken: readonly Taken[]; rejected: number }> {
  const taken: Taken[] = [];
  let rejected = 0;
  for await (const batch of source.batches(undefined)) {
    taken.push(...batch.taken.filter(({ marker }) => marker !== true));
    rejected += batch.rejected.length;
  }
  return { taken, rejected };
}
