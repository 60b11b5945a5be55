import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Contribution, Entry, QueueDay } from './contribution.ts';
import { sumTotals, type Totals } from './totals.ts';

/** The table and how to reach it. */
export interface TotalsTableOptions {
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
  readonly table: string;
  /** Seconds in the queue within which a call counts as answered in time. */
  readonly serviceLevelSeconds: number;
}

const contributionSchema = z.object({
  callId: z.union([z.number(), z.string()]),
  version: z.string(),
  counts: z.boolean(),
  queueName: z.optional(z.string()),
  visits: z.optional(z.number()),
  answered: z.optional(z.array(z.nullable(z.number()))),
  // an earlier release kept whether the call was abandoned
  abandoned: z.optional(z.union([z.number(), z.boolean()])),
  handled: z.optional(z.array(z.number())),
});

const revisionSchema = z.object({ revision: z.number() });

const TRIES = 20;

/**
 * The table `daily_queue_totals`. Totals are at `queue_key` = `<tenant>#<queue>`, `entry` = the day; what each call
 * contributed is at `queue_key` = `<tenant>#<queue>#<day>`, `entry` = the call.
 *
 *     stream record ──> contribution, if newer ──> read revision ──> read contributions ──> totals, if revision unmoved
 *                       (order and repetition            ▲                                            │ moved
 *                        make no difference)             └────────────────────────────────────────────┘
 *
 * Totals are always summed from all contributions, never incremented. So the last writer has seen all contributions, and the
 * next run repairs one that failed at any point.
 */
export class TotalsTable {
  readonly #options: TotalsTableOptions;

  constructor(options: TotalsTableOptions) {
    this.#options = options;
  }

  /** Stores a contribution unless the table has a newer one of the same call. */
  async keep({ to, contribution }: Entry): Promise<void> {
    await this.#put(
      { queue_key: partOf(to), entry: String(contribution.callId), ...contribution },
      { condition: 'attribute_not_exists(entry) OR #at < :at', names: { '#at': 'version' }, at: contribution.version },
    );
  }

  /**
   * Updates the totals of a queue and day.
   * @throws Error if other writers keep changing them
   */
  async refresh(day: QueueDay): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      // read first: later contributions trigger another refresh, which moves the revision
      const revision = await this.#revision(day);
      const totals = sumTotals(await this.#contributions(day), this.#options.serviceLevelSeconds);
      if (await this.#replace(day, revision, totals)) return;
    }
    throw new Error(`totals of queue ${day.queueId} on ${day.day} were changed by others ${TRIES} times: try again`);
  }

  #replace({ tenant, queueId, day }: QueueDay, revision: number, totals: Totals): Promise<boolean> {
    return this.#put(
      {
        queue_key: `${tenant}#${queueId}`,
        entry: day,
        tenant,
        queue_id: queueId,
        day,
        ...totals,
        service_level_seconds: this.#options.serviceLevelSeconds,
        revision: revision + 1,
      },
      { condition: 'attribute_not_exists(entry) OR #at = :at', names: { '#at': 'revision' }, at: revision },
    );
  }

  async #revision({ tenant, queueId, day }: QueueDay): Promise<number> {
    const { Item: item } = await this.#options.client.send(
      new GetCommand({
        TableName: this.#options.table,
        Key: { queue_key: `${tenant}#${queueId}`, entry: day },
        ConsistentRead: true,
      }),
    );
    return item === undefined ? 0 : revisionSchema.parse(item).revision;
  }

  async #contributions(day: QueueDay): Promise<Contribution[]> {
    const found: Contribution[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const answer = await this.#options.client.send(
        new QueryCommand({
          TableName: this.#options.table,
          KeyConditionExpression: 'queue_key = :key',
          ExpressionAttributeValues: { ':key': partOf(day) },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      found.push(
        ...z
          .array(contributionSchema)
          .parse(answer.Items ?? [])
          .map(readContribution),
      );
      start = answer.LastEvaluatedKey;
    } while (start);
    return found;
  }

  /** @returns false if the condition did not hold */
  async #put(
    item: Record<string, unknown>,
    { condition, names, at }: { condition: string; names: Record<string, string>; at: unknown },
  ): Promise<boolean> {
    try {
      await this.#options.client.send(
        new PutCommand({
          TableName: this.#options.table,
          Item: item,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ':at': at },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

/** A contribution that an earlier release stored has no visits. It counts again with the next version of its call, or a replay. */
const readContribution = ({ abandoned, ...contribution }: z.infer<typeof contributionSchema>): Contribution => ({
  ...contribution,
  abandoned: typeof abandoned === 'number' ? abandoned : undefined,
});

const partOf = ({ tenant, queueId, day }: QueueDay): string => `${tenant}#${queueId}#${day}`;
