import type { Endpoint } from '../../catalog/index.ts';
import { findEndpoint } from '../../catalog/index.ts';
import { isoTime, parseTimestamp, utcDate } from '../../catalog/timestamp.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { MetricsTable } from '../metrics/metrics-table.ts';
import { createSource, createTailOptions, findParents } from '../runs/create-source.ts';
import { createRunParts, type PartsRequest } from '../runs/run-parts.ts';
import { readParentPositions } from '../sources/nested/nested.ts';
import { boundLost, findDamaged, findReadTo, listTailDays, readAuditedLedger, readWindow } from './audit-ledger.ts';
import { auditNested, type ComparedParent } from './audit-nested.ts';
import { auditMetrics, auditSegments, findOddSessions, groupByDay } from './audit-sessions.ts';
import { auditSnapshot } from './audit-snapshot.ts';
import { type AuditPace, auditTail } from './audit-tail.ts';
import { type AuditWindow, createToday, limitToHistory, listDates, splitDays } from './audit-window.ts';
import type { AuditedLake, DatedRecord } from './audited-lake.ts';
import { LakeIndex } from './lake-index.ts';
import type { AuditMoment } from './lake-question.ts';
import { TailWindows } from './platform-window.ts';
import type { RequestBudget } from './request-budget.ts';
import { createUnproved, type WindowResult } from './window-result.ts';

const DAY = 86_400_000;

/** The audit of one tenant. */
export interface TenantAuditOptions extends PartsRequest {
  /** The days to compare. Each tail is compared up to its own quiet limit. */
  readonly range: AuditWindow;
  readonly lake: AuditedLake;
  readonly budget: RequestBudget;
  /** Platform time of the audit, milliseconds. */
  readonly now: number;
  /** Start of the history of a tail, milliseconds. @default - that of the tenant */
  readonly historyStart?: (endpoint: string) => number;
  /** Called after each window of an endpoint. */
  readonly onWindow?: (endpoint: string, done: number, all: number) => void;
  /** What was known when the lake was asked. @default - the lake is asked after the checkpoint is read */
  readonly moment?: AuditMoment;
  /** Divides the audit of a tail among several invocations. @default - there is time for all windows */
  readonly pace?: AuditPace;
}

/** Compares what the platform counts with what the lake holds, endpoint by endpoint. It writes nothing. */
export class TenantAudit {
  readonly #options: TenantAuditOptions;

  constructor(options: TenantAuditOptions) {
    this.#options = options;
  }

  /** @throws an error of AWS or the lake; what the platform fails to answer makes a window not provable */
  audit(endpoint: Endpoint): Promise<readonly WindowResult[]> {
    switch (endpoint.source.kind) {
      case 'tail':
        return this.#auditTail(endpoint);
      case 'snapshot':
        return this.#auditSnapshot(endpoint);
      case 'nested':
        return this.#auditNested(endpoint);
    }
  }

  async #auditTail(endpoint: Endpoint): Promise<WindowResult[]> {
    const { tenant, lake, budget, now, historyStart, onWindow, moment, pace } = this.#options;
    const { client, ledger, store } = this.#parts(endpoint);
    const checkpoint = await store.read();
    const place = { endpoint: endpoint.name, part: 'records' } as const;
    const start = historyStart?.(endpoint.name) ?? parseTimestamp(tenant.historyStart) ?? 0;
    const range = limitToHistory(this.#options.range, start);
    const readTo = moment === undefined ? findReadTo(checkpoint) : moment.readTo;
    if (readTo === null) return [createUnproved(range, place, 'nothing was read yet')];
    const options = createTailOptions({ endpoint, tenant, client, timeIsUp: () => false, warn: () => undefined });
    const quietUntil = readTo - options.lookBack - options.settle;
    const audited = await readAuditedLedger(ledger, endpoint.name, checkpoint, range.from, moment?.seq);
    const { entries, lost } = audited;
    const damaged = await findDamaged(lake, entries);
    const dates = listDates(range);
    const records = await lake.readTail(endpoint, listTailDays(range, entries));
    const { quarantined, marked } = await lake.readSetAside(endpoint);
    const results = await auditTail({
      endpoint: endpoint.name,
      range,
      quietUntil,
      now: () => now,
      platform: new TailWindows(options, budget),
      lake: new LakeIndex(records),
      quarantined,
      marked,
      doubts: [...damaged.flatMap((entry) => readWindow(entry) ?? []), ...boundLost(audited, range)],
      lostBatches: lost,
      pace,
      ...(onWindow && { onWindow: (done, all) => onWindow(endpoint.name, done, all) }),
    });
    const unread = range.until - quietUntil > DAY ? splitDays(range).filter(({ from }) => from > quietUntil) : [];
    for (const day of unread)
      results.push(createUnproved(day, place, `not read yet: the last run read to ${isoTime(readTo)}`));
    return [...results, ...(await this.#auditSessions(endpoint, records, dates, quietUntil))];
  }

  /** What is computed from the records: segments, facts and metrics items. */
  async #auditSessions(
    endpoint: Endpoint,
    records: readonly DatedRecord[],
    dates: readonly string[],
    quietUntil: number,
  ): Promise<WindowResult[]> {
    if (endpoint.channel === undefined) return [];
    const { tenant, aws, environment, lake, now } = this.#options;
    const { METRICS_TABLE, METRICS_TTL_DAYS } = environment;
    const table = endpoint.segmentMetrics ? new MetricsTable(aws.dynamodb, METRICS_TABLE) : undefined;
    const sample = await lake.sampleSessions(endpoint, dates, Math.floor(now / DAY));
    const odd = await findOddSessions(endpoint, tenant.name, sample, table);
    const expiresBefore = METRICS_TTL_DAYS === undefined ? 0 : now - (Number(METRICS_TTL_DAYS) - 1) * DAY;
    const results: WindowResult[] = [];
    for (const day of groupByDay(records, new Set(dates), quietUntil)) {
      results.push(auditSegments(endpoint, day, odd.segments));
      if (table !== undefined && Date.parse(day.dt) >= expiresBefore)
        results.push(await auditMetrics(aws.dynamodb, METRICS_TABLE, tenant.name, endpoint, day, odd.metrics));
    }
    return results;
  }

  async #auditSnapshot(endpoint: Endpoint): Promise<WindowResult[]> {
    const { tenant, lake, budget, now, onWindow } = this.#options;
    const { client, ledger, store, lake: objects } = this.#parts(endpoint);
    const { lastEntry, position } = (await store.read()) ?? {};
    if (position === undefined)
      return [createUnproved(createToday(now), { endpoint: endpoint.name, part: 'records' }, 'nothing was read yet')];
    const newest = await findNewestSnapshot(ledger.entriesBackwards(endpoint.name), lastEntry);
    const damaged = newest === undefined ? [] : await findDamaged(lake, [newest]);
    const keepAlive = async () => budget.take();
    const context = { timeIsUp: () => false, afterFailure: false, warn: () => undefined, keepAlive };
    const { quarantined } = await lake.readSetAside(endpoint);
    const result = await auditSnapshot({
      endpoint,
      source: createSource({ tenant, endpoint, client, lake: objects, ledger, ...context }),
      records: await lake.readSnapshot(endpoint),
      isDamaged: damaged.length > 0,
      quarantined,
      now,
    });
    onWindow?.(endpoint.name, 1, 1);
    return [result];
  }

  async #auditNested(endpoint: Endpoint): Promise<WindowResult[]> {
    const { tenant, lake, range, now, onWindow } = this.#options;
    const { store } = this.#parts(endpoint);
    const checkpoint = await store.read();
    const place = { endpoint: endpoint.name, part: 'records' } as const;
    if (checkpoint === undefined) return [createUnproved(range, place, 'nothing was read yet')];
    const positions = readParentPositions(parsePosition(checkpoint));
    const compared: ComparedParent[] = [];
    for (const parent of findParents(endpoint, tenant)) {
      const readTo = positions[parent.endpoint] ?? 0;
      const days = await lake.readNested(endpoint, { ...parent, readTo }, listDates(range));
      const isSnapshot = findEndpoint(parent.endpoint)?.source.kind === 'snapshot';
      // a snapshot is compared as it is now, whatever its day
      compared.push({
        endpoint: parent.endpoint,
        days: isSnapshot ? days.map((day) => ({ ...day, dt: utcDate(now) })) : days,
      });
    }
    const results = auditNested(endpoint, compared, { from: range.from, until: Math.max(range.until, now) });
    onWindow?.(endpoint.name, 1, 1);
    return results;
  }

  #parts(endpoint: Endpoint) {
    const { tenant } = this.#options;
    return createRunParts(this.#options, endpoint, tenant.backfillShare);
  }
}

const parsePosition = ({ position }: Checkpoint): unknown =>
  position === undefined ? undefined : JSON.parse(position);

/** The last batch that wrote a snapshot: later ones may only have written to the quarantine. */
async function findNewestSnapshot(
  entries: AsyncIterable<LedgerEntry>,
  last: LedgerEntry | undefined,
): Promise<LedgerEntry | undefined> {
  const hasRaw = ({ objects }: LedgerEntry) => objects.some(({ zone }) => zone === 'raw');
  if (last !== undefined && hasRaw(last)) return last;
  for await (const entry of entries) if (hasRaw(entry)) return entry;
  return undefined;
}
