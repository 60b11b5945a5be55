import pMap from 'p-map';
import * as z from 'zod/mini';
import { type Endpoint, findEndpoint, type NestedParent, type NestedSource } from '../../../catalog/index.ts';
import { parseTimestamp } from '../../../catalog/timestamp.ts';
import { isObject, parseJson } from '../../common/json.ts';
import { withMembers } from '../../common/json-text.ts';
import type { Lake } from '../../lake/lake.ts';
import type { RawRecord } from '../../lake/lake-records.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { LedgerEntry } from '../../ledger/ledger-entry.ts';
import { BatchBuilder } from '../batch-builder.ts';
import { checkPosition } from '../position-format.ts';
import type { RunContext, Source, SourceBatch, SourceEnd } from '../source.ts';
import { validate } from '../validate.ts';
import { findAt } from './nested-paths.ts';

/** Format of the position. */
const FORMAT = 1;

const positionSchema = z.object({
  formatVersion: z.int(),
  /** Last batch of each parent that has been read. */
  parents: z.record(z.string(), z.int()),
  cursor: z.nullable(z.string()),
});
type Position = z.infer<typeof positionSchema>;

/**
 * The position that a rebuild derived from the lake.
 * @param parents last batch of each parent that has been read
 * @param cursor when the newest of them was read (UTC)
 */
export const restoreNestedPosition = (parents: Readonly<Record<string, number>>, cursor: string | null): Position => ({
  formatVersion: FORMAT,
  parents: { ...parents },
  cursor,
});

interface NestedOptions extends RunContext {
  readonly endpoint: Endpoint;
  readonly source: NestedSource;
  readonly ledger: Ledger;
  readonly lake: Lake;
}

/**
 * Reads the records inside the parents' committed batches, in the order of the parents' ledgers. None is skipped or read twice,
 * and no API request is sent. A parent version without such records leaves a marker, so that views notice removed children.
 */
export class Nested implements Source {
  readonly #options: NestedOptions;

  constructor(options: NestedOptions) {
    this.#options = options;
  }

  async *batches(position: unknown): AsyncGenerator<SourceBatch, SourceEnd> {
    const { source, ledger, keepAlive, timeIsUp } = this.#options;
    const state = this.#parse(position);
    const builder = new BatchBuilder();
    const close = () => builder.close(state.cursor ?? '', structuredClone(state), state.cursor);
    for (const parent of source.parents) {
      for await (const batch of ledger.entriesAfter(parent.endpoint, state.parents[parent.endpoint] ?? 0)) {
        await keepAlive();
        await this.#take(builder, parent, batch);
        state.parents[parent.endpoint] = batch.seq;
        if (state.cursor === null || batch.extractedAt > state.cursor) state.cursor = batch.extractedAt;
        if (builder.isFull) yield close();
        if (!timeIsUp()) continue;
        if (!builder.isEmpty) yield close();
        return { more: true, completeTo: null };
      }
    }
    if (!builder.isEmpty) yield close();
    return { more: false, completeTo: state.cursor, position: state, cursor: state.cursor };
  }

  #parse(position: unknown): Position {
    if (position === undefined) return { formatVersion: FORMAT, parents: {}, cursor: null };
    checkPosition(position, FORMAT, this.#options.endpoint.name);
    return positionSchema.parse(position);
  }

  async #take(builder: BatchBuilder, parent: NestedParent, batch: LedgerEntry): Promise<void> {
    const objects = batch.objects.filter(({ zone }) => zone === 'raw');
    const contents = await pMap(objects, async ({ key, dt }) => ({ dt, lines: await this.#lines(key) }), {
      concurrency: 8,
    });
    for (const { dt, lines } of contents) for (const line of lines) this.#children(builder, parent, dt, line);
  }

  /** The lines of an object; empty if the retention of the lake has deleted it. */
  async #lines(key: string): Promise<readonly string[]> {
    const { lake, warn } = this.#options;
    const lines = await lake.find(key);
    if (lines === undefined) warn(`${key} is no longer in the lake: the records inside it are skipped`);
    return lines ?? [];
  }

  #children(builder: BatchBuilder, parent: NestedParent, dt: string, line: string): void {
    const record = parseJson(line);
    if (!isObject(record)) return;
    const extractedAt = String(record._extracted_at);
    const origin = originOf(parent, record);
    const time = parseTimestamp(origin._parent_updated_at) ?? parseTimestamp(extractedAt);
    const take = (child: RawRecord, json: string, marker = false) =>
      builder.take({ record: child, json, dt, extractedAt, batch: String(record._batch), marker }, time);
    const found = parent.paths.flatMap((path) => findAt({ value: record, json: line }, path));
    for (const { path, value, json } of found) {
      const checked = validate(this.#options.endpoint.schema, value);
      const added = { ...origin, _parent_path: path };
      if ('record' in checked) take({ ...checked.record, ...added }, withMembers(json, added));
      else
        builder.reject({
          json,
          reason: checked.reason,
          place: `${parent.endpoint} ${origin._parent_id} ${path}`,
          extractedAt,
          origin: { dt, batch: String(record._batch), added },
        });
    }
    // a line about a parent that moved to another day is about the records inside it, too
    const none = { ...origin, _none: true, ...('_moved_to' in record && { _moved_to: record._moved_to }) };
    if (found.length === 0) take(none, JSON.stringify(none), true);
  }
}

/** Last batch of each parent that a nested endpoint has read. @param position what its checkpoint holds */
export const readParentPositions = (position: unknown): Readonly<Record<string, number>> =>
  position === undefined ? {} : positionSchema.parse(position).parents;

/** What a child record stores about its parent. */
function originOf({ endpoint }: NestedParent, record: RawRecord) {
  const source = findEndpoint(endpoint)?.source;
  // only a cursor that moves with every change tells versions apart
  const versioned = source?.kind === 'tail' && source.openUntil === undefined;
  return {
    _parent_type: endpoint,
    _parent_id: record.id ?? null,
    _parent_updated_at: versioned ? (record[source.cursor] ?? null) : null,
  };
}
