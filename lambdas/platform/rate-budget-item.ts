import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessRefused } from '../aws/conditional-write.ts';
import { BUDGET } from '../aws/state-keys.ts';
import { checkFormat } from '../common/format-version.ts';

/** Format of the item. */
const FORMAT = 1;

/** Times in milliseconds since the epoch. */
const budgetSchema = z.object({
  /** Due time of the next request that no run has reserved. */
  nextAt: z._default(z.number(), 0),
  /** End of the time in which live runs have priority over backfills. */
  liveUntil: z._default(z.number(), 0),
  /** Time of the next request that a backfill may reserve while live runs have priority. */
  backfillAt: z._default(z.number(), 0),
  /** End of the last pause. */
  pausedUntil: z._default(z.number(), 0),
  /** Fraction of the rate that was used immediately after that pause. */
  cutTo: z._default(z.number(), 1),
});

type RateBudgetState = z.infer<typeof budgetSchema>;

/** The item of the state table that holds a tenant's rate budget, and what a run knows of it. */
export class RateBudgetItem {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #tenant: string;
  /** The item as it was last read; before the first read, that of a tenant that has sent nothing. */
  known: RateBudgetState = budgetSchema.parse({});

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string) {
    this.#client = client;
    this.#table = table;
    this.#tenant = tenant;
  }

  /**
   * Changes the item with one conditional write. If a condition does not hold, it reads the item instead.
   * @returns whether all conditions held
   * @throws ConfigurationError if a newer release wrote the item
   */
  async update(
    assignments: string,
    conditions: readonly string[],
    values: Readonly<Record<string, number>>,
  ): Promise<boolean> {
    const command = new UpdateCommand({
      ...this.#place,
      UpdateExpression: `SET formatVersion = :format, ${assignments}`,
      ConditionExpression: ['attribute_not_exists(pk) OR formatVersion = :format', ...conditions]
        .map((condition) => `(${condition})`)
        .join(' AND '),
      ExpressionAttributeValues: { ...values, ':format': FORMAT },
      ReturnValues: 'ALL_NEW',
    });
    const answer = await unlessRefused(this.#client.send(command));
    this.#learn(answer === undefined ? await this.#read() : answer.Attributes);
    return answer !== undefined;
  }

  get #place() {
    return { TableName: this.#table, Key: { pk: this.#tenant, sk: BUDGET } };
  }

  async #read() {
    const { Item: item } = await this.#client.send(new GetCommand({ ...this.#place, ConsistentRead: true }));
    return item;
  }

  #learn(item: Readonly<Record<string, unknown>> = { formatVersion: FORMAT }): void {
    checkFormat(item.formatVersion, FORMAT, `rate budget of ${this.#tenant}`);
    this.known = budgetSchema.parse(item);
  }
}
