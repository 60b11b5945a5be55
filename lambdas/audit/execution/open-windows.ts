import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { findEndpoint } from '../../../catalog/index.ts';
import { AUDIT, OPEN_WINDOWS, toStatePartition } from '../../aws/state-keys.ts';
import { checkFormat } from '../../common/format-version.ts';
import type { WindowResult } from '../window-result.ts';

/** Format of the item. */
const FORMAT = 1;

/** Maximum number of windows in the item, which may have 400 kB. */
const MAX_OPEN = 5_000;

const itemSchema = z.object({
  formatVersion: z.int(),
  /** Number of missing records by window. */
  windows: z.record(z.string(), z.int()),
});

/**
 * The windows of a tenant in which records are missing and not healed. An audit of some days says nothing about others, so a window
 * stays open until an audit of that window finds nothing missing.
 */
export class OpenWindows {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Number of records of a tenant that are missing and not healed. */
  async count(tenant: string): Promise<number> {
    return Object.values(await this.#read(tenant)).reduce((sum, missing) => sum + missing, 0);
  }

  /** Closes the windows of which nothing is missing any more, and opens those in which something is. */
  async update(tenant: string, results: readonly WindowResult[]): Promise<void> {
    const windows = new Map(Object.entries(await this.#read(tenant)));
    const before = JSON.stringify([...windows]);
    for (const result of results) {
      const key = keyOf(result);
      if (result.missing.length > 0) windows.set(key, result.missing.length);
      else if (result.reason === null) windows.delete(key);
    }
    if (JSON.stringify([...windows]) === before) return;
    const kept = Object.fromEntries([...windows].slice(-MAX_OPEN));
    const item = { ...toKey(tenant), formatVersion: FORMAT, windows: kept };
    await this.#client.send(new PutCommand({ TableName: this.#table, Item: item }));
  }

  async #read(tenant: string): Promise<Readonly<Record<string, number>>> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: toKey(tenant), ConsistentRead: true }),
    );
    if (item === undefined) return {};
    checkFormat(item.formatVersion, FORMAT, `open windows of ${tenant}`);
    return itemSchema.parse(item).windows;
  }
}

const toKey = (tenant: string) => ({ pk: toStatePartition(tenant, AUDIT), sk: OPEN_WINDOWS });

/** A snapshot is compared as it is now, so all its windows are one. */
const keyOf = ({ endpoint, part, from }: WindowResult): string =>
  findEndpoint(endpoint)?.source.kind === 'snapshot' ? `${endpoint} ${part}` : `${endpoint} ${part} ${from}`;
