import type { Endpoint } from '../../../catalog/index.ts';
import { findEndpoint } from '../../../catalog/index.ts';
import { parseTimestamp } from '../../../catalog/timestamp.ts';
import type { Checkpoint } from '../../ledger/checkpoint.ts';
import { CheckpointStore } from '../../ledger/checkpoint-store.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerEntry } from '../../ledger/ledger-entry.ts';
import type { Tenant } from '../../platform/tenant.ts';
import { findParents } from '../../runs/create-source.ts';
import type { PartsRequest } from '../../runs/run-parts.ts';
import { readParentPositions } from '../../sources/nested/nested.ts';
import { findDamagedDays, findReadTo, listDays, listTailDays, readAuditedLedger } from '../audit-ledger.ts';
import { type AuditWindow, limitToHistory, listDates } from '../audit-window.ts';
import type { AuditedLake } from '../audited-lake.ts';
import type { AuditMoment, LakeQuestion, QuestionDays } from '../lake-question.ts';
import { type CuratedTable, selectCuratedDays } from './curated-days.ts';

const DAY = 86_400_000;

/** Batches in which the newest snapshot can be: later ones hold requeued records or quarantined ones only. */
const SNAPSHOT_BATCHES = 20;

/** What questions are created from. */
export interface QuestionContext extends Pick<PartsRequest, 'environment' | 'aws'> {
  readonly tenant: Tenant;
  readonly range: AuditWindow;
  /** Platform time, milliseconds. */
  readonly now: number;
  readonly sizes: AuditedLake['sizes'];
  /** Curated tables by endpoint. */
  readonly curated: Readonly<Record<string, readonly CuratedTable[]>>;
}

const NO_DAYS: QuestionDays = { raw: [], curated: [], snapshot: [], sample: [], quarantine: [], marks: [] };

/** Creates the question about an endpoint. It reads the ledger, so that the query reads no day in vain. */
export async function createQuestion(context: QuestionContext, endpoint: Endpoint): Promise<LakeQuestion> {
  const { tenant, aws, environment, now } = context;
  const checkpoint = await new CheckpointStore(
    aws.dynamodb,
    environment.STATE_TABLE,
    tenant.name,
    endpoint.name,
    () => now,
  ).read();
  const moment: AuditMoment = { now, readTo: findReadTo(checkpoint), seq: checkpoint?.seq ?? 0 };
  const question = { moment, salt: Math.floor(now / DAY), parents: {}, days: NO_DAYS };
  if (checkpoint === undefined) return question;
  const ledger = new Ledger(aws.dynamodb, environment.STATE_TABLE, tenant.name);
  switch (endpoint.source.kind) {
    case 'tail':
      return { ...question, days: await listTail(context, ledger, endpoint, checkpoint, question.salt) };
    case 'snapshot':
      return { ...question, days: await listSnapshot(ledger, endpoint.name, checkpoint.lastEntry) };
    case 'nested':
      return { ...question, ...(await listNested(context, ledger, endpoint, checkpoint)) };
  }
}

async function listTail(
  context: QuestionContext,
  ledger: Ledger,
  endpoint: Endpoint,
  checkpoint: Checkpoint,
  salt: number,
): Promise<QuestionDays> {
  const range = limitToHistory(context.range, parseTimestamp(context.tenant.historyStart) ?? 0);
  const { entries } = await readAuditedLedger(ledger, endpoint.name, checkpoint, range.from);
  const split = await splitByTable(context, endpoint.name, entries, listTailDays(range, entries));
  const dates = listDates(range);
  // the last day is not over
  const sample = dates[salt % Math.max(1, dates.length - 1)];
  return {
    ...NO_DAYS,
    ...split,
    sample: endpoint.channel === undefined || sample === undefined ? [] : [sample],
    quarantine: listDays(entries, 'quarantine'),
    marks: listDates({ from: range.from, until: context.now }),
  };
}

/** @param newest the last batch, whose entry may not be appended yet. @default - it is in the ledger */
async function listSnapshot(ledger: Ledger, endpoint: string, newest?: LedgerEntry): Promise<QuestionDays> {
  const entries: LedgerEntry[] = newest === undefined ? [] : [newest];
  let found = 0;
  for await (const entry of ledger.entriesBackwards(endpoint)) {
    entries.push(entry);
    if (listDays([entry]).length > 0) found += 1;
    if (found === SNAPSHOT_BATCHES) break;
  }
  return { ...NO_DAYS, snapshot: listDays(entries), quarantine: listDays(entries, 'quarantine') };
}

async function listNested(
  context: QuestionContext,
  ledger: Ledger,
  endpoint: Endpoint,
  checkpoint: Checkpoint,
): Promise<Pick<LakeQuestion, 'days' | 'parents'>> {
  const { range, tenant } = context;
  const { position } = checkpoint;
  const positions = readParentPositions(position === undefined ? undefined : JSON.parse(position));
  const { entries } = await readAuditedLedger(ledger, endpoint.name, checkpoint, range.from);
  const dates = await splitByTable(context, endpoint.name, entries, listDates(range));
  const parents: LakeQuestion['parents'] = {};
  for (const { endpoint: parent } of findParents(endpoint, tenant)) {
    const isSnapshot = findEndpoint(parent)?.source.kind === 'snapshot';
    const days = isSnapshot ? await listSnapshot(ledger, parent) : { ...NO_DAYS, ...dates };
    parents[parent] = { days, readTo: positions[parent] ?? 0 };
  }
  return { days: { ...NO_DAYS, quarantine: listDays(entries, 'quarantine') }, parents };
}

/** Divides days into those that curated tables hold and those of which the raw tables must be read. */
async function splitByTable(
  { aws, environment, tenant, curated, sizes }: QuestionContext,
  endpoint: string,
  entries: readonly LedgerEntry[],
  days: readonly string[],
): Promise<Pick<QuestionDays, 'raw' | 'curated'>> {
  const place = { client: aws.dynamodb, stateTable: environment.STATE_TABLE, tenant: tenant.name };
  const complete = await selectCuratedDays(place, curated[endpoint] ?? [], days);
  // what is gone from the lake is still in the curated tables
  const damaged = complete.length === 0 ? [] : await findDamagedDays({ sizes }, entries);
  const held = new Set(complete.filter((day) => !damaged.includes(day)));
  return { raw: days.filter((day) => !held.has(day)), curated: [...held] };
}
