import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { isoTime, readTimestamp } from '../../../catalog/timestamp.ts';
import { unlessRefused } from '../../aws/conditional-write.ts';
import { AUDIT, AUDIT_RUN, toStatePartition } from '../../aws/state-keys.ts';
import { checkFormat } from '../../common/format-version.ts';
import { timeRangeSchema } from '../../common/time-range.ts';
import type { AuditSummary } from '../audit-summary.ts';
import { lakeQuestionSchema } from '../lake-question.ts';

/** Format of the item. */
const FORMAT = 1;

/** An execution that does not ask for this time, milliseconds, has ended: another one may continue the audit. */
const HOLD = 1_800_000;

const healRunSchema = z.object({
  endpoint: z.string(),
  range: z.optional(timeRangeSchema),
  again: z.optional(z.literal(true)),
});

/** What the audit does now. */
const pendingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('query'), endpoint: z.string(), question: lakeQuestionSchema, statement: z.string() }),
  z.object({
    kind: z.literal('compare'),
    endpoint: z.string(),
    question: lakeQuestionSchema,
    /** Where the answer is. Null if nothing was asked. */
    location: z.nullable(z.string()),
  }),
  z.object({
    kind: z.literal('read'),
    run: healRunSchema,
    /** Number of times that another run held the lease. */
    tries: z.int(),
    /** True if the lease is held: the next step is a pause. */
    mustWait: z.boolean(),
  }),
]);

export type PendingRead = Extract<z.infer<typeof pendingSchema>, { readonly kind: 'read' }>;
export type PendingComparison = Extract<z.infer<typeof pendingSchema>, { readonly kind: 'compare' }>;

const tallySchema = z.object({
  windows: z.int(),
  /** True if every window is complete or healed. */
  isProven: z.boolean(),
  missing: z.int(),
  healed: z.int(),
  /** Number of windows that could not be compared, and why the first of them could not. */
  unproved: z.int(),
  reason: z.nullable(z.string()),
});

const progressSchema = z.object({
  formatVersion: z.int(),
  /** Identifies the audit: a repeated execution continues it. */
  run: z.string(),
  startedAt: z.string(),
  /** The audited range, milliseconds. */
  from: z.number(),
  until: z.number(),
  /** Every endpoint of the audit. */
  all: z.array(z.string()),
  /** 1: everything is compared; 2: what was healed is compared again. */
  round: z.int(),
  /** Endpoints of this round that are not compared yet. */
  left: z.array(z.string()),
  /** Rises with every answer of the state machine that was taken. */
  step: z.int(),
  pending: z.optional(pendingSchema),
  /** How often the function failed at what it does now. */
  attempts: z._default(z.int(), 0),
  /** How often the answer about the endpoint was deleted before it was read. */
  lost: z._default(z.int(), 0),
  /** Runs that heal and are not done yet. */
  heals: z.array(healRunSchema),
  /** Endpoints to compare after healing. */
  again: z.array(z.string()),
  endpoints: z.record(z.string(), tallySchema),
  /** Requests to the platform, those of healing included. */
  requests: z.int(),
  /** Bytes that Athena read. */
  bytes: z.number(),
  /** Queries and runs that failed, one sentence each. */
  failures: z.array(z.string()),
  endedAt: z.optional(z.string()),
  /** Name of the execution that works on it, and until when it is alone, milliseconds. */
  heldBy: z.string(),
  heldUntil: z.number(),
});

/** How far the audit of a tenant is. */
export type AuditProgress = z.infer<typeof progressSchema>;

/** The endpoints that are compared, in numbers. */
export function summarizeProgress({ endpoints, requests, startedAt }: AuditProgress): AuditSummary {
  const tallies = Object.values(endpoints);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
  return {
    checkedAt: isoTime(readTimestamp(startedAt)),
    endpoints: tallies.length,
    proven: tallies.filter(({ isProven }) => isProven).length,
    windows: sum(tallies.map(({ windows }) => windows)),
    requests,
    missing: sum(tallies.map(({ missing }) => missing)),
    healed: sum(tallies.map(({ healed }) => healed)),
  };
}

/** Stores how far the newest audit of a tenant is. */
export class AuditProgressStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #tenant: string;
  readonly #now: () => number;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string, now: () => number) {
    this.#client = client;
    this.#table = table;
    this.#tenant = tenant;
    this.#now = now;
  }

  /** @throws ConfigurationError if a newer release wrote it */
  async read(): Promise<AuditProgress | undefined> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    if (item === undefined) return undefined;
    checkFormat(item.formatVersion, FORMAT, `audit of ${this.#tenant}`);
    return progressSchema.parse(item);
  }

  /** Writes the progress and holds it for its execution. @returns false if another execution holds it */
  async write(progress: Omit<AuditProgress, 'formatVersion' | 'heldUntil'>): Promise<boolean> {
    const now = this.#now();
    const heldUntil = progress.endedAt === undefined ? now + HOLD : 0;
    const written = await unlessRefused(
      this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: { ...this.#key, ...progress, formatVersion: FORMAT, heldUntil },
          ConditionExpression: 'attribute_not_exists(pk) OR heldBy = :me OR heldUntil <= :now',
          ExpressionAttributeValues: { ':me': progress.heldBy, ':now': now },
        }),
      ),
    );
    return written !== undefined;
  }

  /** Lets another execution continue at once. */
  async release(execution: string): Promise<void> {
    await unlessRefused(
      this.#client.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: this.#key,
          UpdateExpression: 'SET heldUntil = :never',
          ConditionExpression: 'heldBy = :me',
          ExpressionAttributeValues: { ':never': 0, ':me': execution },
        }),
      ),
    );
  }

  get #key() {
    return { pk: toStatePartition(this.#tenant, AUDIT), sk: AUDIT_RUN };
  }
}
