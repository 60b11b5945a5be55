import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { AUDIT, OPEN_WINDOWS, toStatePartition } from '../../aws/state-keys.ts';
import { checkFormat } from '../../common/format-version.ts';
import type { AuditWindow } from '../audit-window.ts';
import { identifyWindow, type WindowResult } from '../window-result.ts';

/** Format of the item. */
const FORMAT = 1;

/** Maximum number of windows in the item, which may have 400 kB. */
const MAX_OPEN = 5_000;

const itemSchema = z.object({
  formatVersion: z.int(),
  /** Number of missing records by window. */
  windows: z.record(z.string(), z.int()),
});

/** An endpoint, and the range that an audit has compared. */
export interface AuditedPlace extends AuditWindow {
  readonly endpoint: string;
}

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

  /**
   * Closes the windows of which nothing is missing any more, and opens those in which something is.
   * @param place what was audited
   */
  async update(tenant: string, place: AuditedPlace, results: readonly WindowResult[]): Promise<void> {
    const known = await this.#read(tenant);
    // a window without a result is gone: before the start of the history, or without parents. Unless a part was not compared
    const isGone = (key: string) => isIn(place, key) && results.every(({ reason }) => reason === null);
    const windows = new Map(Object.entries(known).filter(([key]) => !isGone(key)));
    for (const result of results) {
      const key = identifyWindow(result);
      if (result.missing.length > 0) windows.set(key, result.missing.length);
      else if (result.reason === null) windows.delete(key);
    }
    await this.#write(tenant, known, windows);
  }

  /** Forgets the windows of endpoints that do not run any more, because no audit will close them. */
  async retain(tenant: string, endpoints: readonly string[]): Promise<void> {
    const known = await this.#read(tenant);
    const windows = new Map(Object.entries(known).filter(([key]) => endpoints.includes(parseKey(key).endpoint)));
    await this.#write(tenant, known, windows);
  }

  async #write(
    tenant: string,
    known: Readonly<Record<string, number>>,
    windows: ReadonlyMap<string, number>,
  ): Promise<void> {
    const kept = Object.fromEntries([...windows].slice(-MAX_OPEN));
    if (isDeepStrictEqual(kept, known)) return;
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

function parseKey(key: string): { readonly endpoint: string; readonly from?: number } {
  const [endpoint = '', , from] = key.split(' ');
  return { endpoint, ...(from !== undefined && { from: Number(from) }) };
}

function isIn({ endpoint, from: start, until }: AuditedPlace, key: string): boolean {
  const { endpoint: name, from = start } = parseKey(key);
  return name === endpoint && from >= start && from <= until;
}
