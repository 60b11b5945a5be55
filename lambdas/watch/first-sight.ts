import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { WATCH } from '../aws/state-keys.ts';
import { checkFormat } from '../common/format-version.ts';

const KEY = { pk: WATCH, sk: 'waiting' };

const FORMAT = 1;

const itemSchema = z.object({ since: z.record(z.string(), z.number()) });

/** Remembers since when the watch has waited for endpoints that have never run. */
export class FirstSight {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Replaces the list of places that have never run.
   * @param places `<tenant>#<endpoint>`
   * @returns since when each of them is known, milliseconds since the epoch
   */
  async remember(places: readonly string[], now: number): Promise<ReadonlyMap<string, number>> {
    const known = await this.#read();
    const since = new Map(places.map((place) => [place, known.get(place) ?? now]));
    if (since.size !== known.size || places.some((place) => !known.has(place))) {
      const Item = { ...KEY, formatVersion: FORMAT, since: Object.fromEntries(since) };
      await this.#client.send(new PutCommand({ TableName: this.#table, Item }));
    }
    return since;
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    const { Item } = await this.#client.send(new GetCommand({ TableName: this.#table, Key: KEY }));
    if (Item === undefined) return new Map();
    checkFormat(Item.formatVersion, FORMAT, 'state of the watch');
    return new Map(Object.entries(itemSchema.parse(Item).since));
  }
}
