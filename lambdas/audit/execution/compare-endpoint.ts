import { findEndpoint } from '../../../catalog/index.ts';
import type { Tenant } from '../../platform/tenant.ts';
import type { PartsRequest } from '../../runs/run-parts.ts';
import type { AuditPace, ComparedWindow } from '../audit-tail.ts';
import { TimeIsUpError } from '../audit-tail.ts';
import type { AuditWindow } from '../audit-window.ts';
import { RequestBudget } from '../request-budget.ts';
import { TenantAudit } from '../tenant-audit.ts';
import { createUnproved, type WindowResult } from '../window-result.ts';
import { AnsweredLake, AnswerTooLongError, readSizes } from './answered-lake.ts';
import type { PendingComparison } from './audit-progress.ts';
import { parseCsvRows } from './csv-rows.ts';

/** What a step needs beside its event. */
export type StepContext = Omit<PartsRequest, 'tenant'>;

/** A comparison of an endpoint, of which earlier invocations may have done a part. */
export interface Comparison extends StepContext {
  readonly tenant: Tenant;
  readonly range: AuditWindow;
  readonly pending: PendingComparison;
  /** Windows that are compared. */
  readonly known: readonly ComparedWindow[];
  readonly hasTime: () => boolean;
  /** Requests of the audit: all, those that are sent, and those that later endpoints need. */
  readonly budget: { readonly limit: number; readonly spent: number; readonly reserved: number };
}

/** What an invocation found. */
export interface Found {
  /** Requests of the audit so far. */
  readonly requests: number;
  readonly compared: readonly ComparedWindow[];
  /** @default - the time was up, and windows are left */
  readonly results?: readonly WindowResult[];
}

/** Compares the answer of Athena with the platform. @returns undefined if the answer is no longer there */
export async function compareEndpoint({
  pending,
  known,
  hasTime,
  budget: size,
  ...context
}: Comparison): Promise<Found | undefined> {
  const { tenant, range, aws, environment } = context;
  const { endpoint: name, question, location } = pending;
  const endpoint = findEndpoint(name);
  if (endpoint === undefined) throw new Error(`there is no endpoint ${name}`);
  const sizes = (keys: readonly string[]) => readSizes(aws.s3, environment.LAKE_BUCKET, keys);
  const lake = await AnsweredLake.read(readAnswer(context, location), sizes).catch(takeFailure);
  if (lake instanceof AnswerTooLongError) {
    const place = { endpoint: name, part: 'records' } as const;
    return { requests: size.spent, compared: [], results: [createUnproved(range, place, lake.message)] };
  }
  if (lake === undefined) return undefined;
  const budget = new RequestBudget(size.limit, size.spent, size.reserved);
  const pace: AuditPace = { compared: new Map(known.map((each) => [each.window.from, each])), hasTime };
  const { moment } = question;
  const audit = new TenantAudit({ ...context, tenant, range, lake, budget, now: moment.now, moment, pace });
  try {
    const results = await audit.audit(endpoint);
    return { requests: budget.spent, compared: [], results };
  } catch (error) {
    if (!(error instanceof TimeIsUpError)) throw error;
    return { requests: budget.spent, compared: [...pace.compared.values()] };
  }
}

/** @returns undefined if there is no such object */
function takeFailure(error: unknown): AnswerTooLongError | undefined {
  if (error instanceof AnswerTooLongError) return error;
  if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
  throw error;
}

/** Rows of a result file. @param location `s3://<bucket>/<key>`. Null if nothing was asked */
async function* readAnswer(
  { aws, environment }: StepContext,
  location: string | null,
): AsyncGenerator<ReadonlyMap<string, string>> {
  if (location === null) return;
  const prefix = `s3://${environment.LAKE_BUCKET}/`;
  if (!location.startsWith(prefix)) throw new Error(`the answer is not in the bucket of the lake: ${location}`);
  const objects = await aws.s3();
  yield* parseCsvRows(objects.read(environment.LAKE_BUCKET, location.slice(prefix.length)));
}
