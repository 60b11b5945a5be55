import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessRefused } from '../aws/conditional-write.ts';
import { CURATION, toCuratedKey, toStatePartition } from '../aws/state-keys.ts';
import { checkFormat } from '../common/format-version.ts';
import { type CurationPosition, type CurationStep, positionSchema } from './curation-event.ts';

const tableSchema = z.object({ shape: z.string(), generation: z.string() });

/** Format of both kinds of items. */
const FORMAT = 1;

const START: CurationPosition = { seq: 0, day: '' };

/** A tenant's part of one generation of a table. */
export interface Place {
  readonly tenant: string;
  /** Name of the ledger in which the position is. */
  readonly ledger: string;
  readonly table: string;
  readonly generation: string;
}

/** Stores the position of each curated table in the state table. */
export class CurationStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** The columns with which the table was created, and its generation; undefined before the first. */
  async table(name: string): Promise<z.infer<typeof tableSchema> | undefined> {
    const item = await this.#get({ pk: CURATION, sk: name });
    return item && tableSchema.parse(item);
  }

  /** Records that a table was recreated; positions in the earlier table are no longer valid. */
  async created(name: string, shape: string, generation: string): Promise<void> {
    const Item = { pk: CURATION, sk: name, formatVersion: FORMAT, shape, generation };
    await this.#client.send(new PutCommand({ TableName: this.#table, Item }));
  }

  async position(place: Place): Promise<CurationPosition> {
    const item = await this.#get(keyOf(place));
    return item === undefined ? START : positionSchema.parse(item);
  }

  /** Moves the position. @returns false if another run has moved it meanwhile; then it stays unchanged */
  async advance(place: Place, { from, to }: CurationStep): Promise<boolean> {
    const isFirst = from.seq === START.seq && from.day === START.day;
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: keyOf(place),
      UpdateExpression: 'SET formatVersion = :format, seq = :seq, #day = :day',
      ConditionExpression: `(seq = :fromSeq AND #day = :fromDay)${isFirst ? ' OR attribute_not_exists(seq)' : ''}`,
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: {
        ':format': FORMAT,
        ':seq': to.seq,
        ':day': to.day,
        ':fromSeq': from.seq,
        ':fromDay': from.day,
      },
    });
    return (await unlessRefused(this.#client.send(command))) !== undefined;
  }

  async #get(Key: Record<string, string>): Promise<Record<string, unknown> | undefined> {
    const answer = await this.#client.send(new GetCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    if (answer.Item !== undefined) checkFormat(answer.Item.formatVersion, FORMAT, `curation state ${Key.pk} ${Key.sk}`);
    return answer.Item;
  }
}

const keyOf = ({ tenant, ledger, table, generation }: Place) => ({
  pk: toStatePartition(tenant, ledger),
  sk: toCuratedKey(table, generation),
});
