import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessRefused } from '../aws/conditional-write.ts';
import { BUDGET } from '../aws/state-keys.ts';
import type { Effects } from '../common/effects.ts';

const budgetSchema = z.object({
  /** Time of the next free request. */
  nextAt: z.number(),
  /** The most advanced clock of all that took a request. */
  seenAt: z.number(),
  /** Last 429. */
  cutAt: z._default(z.number(), 0),
  /** When live work last took a request or had to wait for one. */
  liveAt: z._default(z.number(), 0),
  /** When backfill last took or was granted one. */
  backfillAt: z._default(z.number(), 0),
  /** Random number of the backfill that asks for a request, 0 if none does. */
  askedBy: z._default(z.number(), 0),
  /** Random number of the backfill that was granted one last. */
  grantedTo: z._default(z.number(), 0),
});

type Budget = z.infer<typeof budgetSchema>;

/** A tenant's rate budget as it was seen last, and the clock that all who use it are aligned to. Times in milliseconds. */
export class DynamoBudgetItem {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: Record<string, string>;
  readonly #effects: Pick<Effects, 'now'>;
  known: Budget | undefined;
  /** Whether our clock is known not to be ahead of all others. */
  isAligned = false;
  /** How far the most advanced clock is ahead of ours. */
  #behind = 0;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string, effects: Pick<Effects, 'now'>) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: tenant, sk: BUDGET };
    this.#effects = effects;
  }

  /** The time by the most advanced clock, as far as it was seen. */
  now(): number {
    return this.#clock() + this.#behind;
  }

  async look(): Promise<void> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    if (item !== undefined) this.#learn(item);
  }

  /** @returns false if the condition did not hold */
  async update(update: string, condition: string, values: Record<string, number>): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_NEW',
    });
    const answer = await unlessRefused(this.#client.send(command));
    if (answer === undefined) return false;
    this.#learn(answer.Attributes);
    return true;
  }

  #learn(item: unknown): void {
    this.known = budgetSchema.parse(item);
    // a clock that is behind another one is not ahead of all
    if (this.known.seenAt >= this.now()) this.isAligned = true;
    this.#behind = Math.max(this.#behind, this.known.seenAt - this.#clock());
  }

  /** Our own clock. All stored times are whole milliseconds: DynamoDB adds decimals, JavaScript adds binary fractions. */
  #clock(): number {
    return Math.floor(this.#effects.now());
  }
}
