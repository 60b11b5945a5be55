import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Endpoint, SnapshotSource } from '../../../catalog/index.ts';
import { isoTime } from '../../../catalog/timestamp.ts';
import { ContractError, TransientError } from '../../common/errors.ts';
import { isObject, type ParsedJson, writeJson } from '../../common/json.ts';
import type { Rejected, Taken } from '../../lake/lake-records.ts';
import { type CcaipClient, createPageParameters } from '../../platform/client.ts';
import { canHaveMore, PAGE_SIZE, type Page } from '../../platform/page.ts';
import { checkPosition } from '../position-format.ts';
import type { RunContext, Source, SourceBatch, SourceEnd } from '../source.ts';
import { validate } from '../validate.ts';
import { flattenTree } from './flatten-tree.ts';

const ATTEMPTS = 3;

/** Format of the position. */
const FORMAT = 1;

const positionSchema = z.object({ formatVersion: z.int(), takenAt: z.string(), digest: z.string() });

interface SnapshotOptions extends RunContext {
  readonly endpoint: Endpoint;
  readonly source: SnapshotSource;
  readonly client: CcaipClient;
}

interface Walk {
  readonly rows: readonly ParsedJson[];
  /** Platform time of the first page, milliseconds: the collection was like this from then on. */
  readonly answeredAt: number;
}

/** Takes a whole collection, only when its walk was complete and nothing moved; an unchanged one writes nothing. */
export class Snapshot implements Source {
  readonly #options: SnapshotOptions;

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  async *batches(position: unknown): AsyncGenerator<SourceBatch, SourceEnd> {
    const { rows, answeredAt } = await this.#completeWalk();
    const extractedAt = isoTime(answeredAt);
    const records = this.#flatten(rows);
    const { taken, rejected } = this.#check(records, extractedAt);
    const digest = hash('sha1', records.map(({ json }) => json).join('\n'), 'base64url');
    const known = position === undefined ? undefined : this.#parse(position);
    const next = { formatVersion: FORMAT, takenAt: extractedAt, digest };
    const end = { more: false, completeTo: extractedAt, position: next, cursor: extractedAt };
    const isUnchanged = known === undefined ? records.length === 0 : known.digest === digest;
    if (isUnchanged && !this.#options.afterFailure) return end;
    yield {
      taken: taken.length > 0 ? taken : [noneLeft(extractedAt)],
      rejected,
      extractedAt,
      position: next,
      cursor: extractedAt,
      from: extractedAt,
      to: extractedAt,
    };
    return end;
  }

  #parse(position: unknown) {
    checkPosition(position, FORMAT, this.#options.endpoint.name);
    return positionSchema.parse(position);
  }

  #flatten(rows: readonly ParsedJson[]): readonly ParsedJson[] {
    const { children } = this.#options.source;
    if (children === undefined) return rows;
    const nodes = rows.map(({ value }) => value);
    return flattenTree(nodes, children).map(writeJson);
  }

  #check(records: readonly ParsedJson[], extractedAt: string): { taken: Taken[]; rejected: Rejected[] } {
    const { endpoint, source } = this.#options;
    const dt = extractedAt.slice(0, 10);
    const taken: Taken[] = [];
    const rejected: Rejected[] = [];
    for (const [index, { value, json }] of records.entries()) {
      const checked = validate(endpoint.schema, value);
      if ('record' in checked) taken.push({ record: checked.record, json, dt, extractedAt });
      else rejected.push({ json, reason: checked.reason, place: `${source.path} row ${index + 1}`, extractedAt });
    }
    return { taken, rejected };
  }

  async #completeWalk(): Promise<Walk> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const walk = await this.#walk();
      if (walk !== null) return walk;
    }
    throw new TransientError(
      `${this.#options.source.path} changed while its pages were read, ${ATTEMPTS} times in a row: nothing was taken; the next run tries again`,
    );
  }

  /** @returns null if the collection moved meanwhile */
  async #walk(): Promise<Walk | null> {
    const pages = await this.#forwards();
    const rows = pages.flatMap((page) => page.rows);
    const isWhole = (total: number | null) =>
      total === null || total === rows.length || this.#options.source.children !== undefined;
    if (!pages.every(({ total }) => isWhole(total)) || new Set(rows.map(idOf)).size < rows.length) return null;
    // a record that came or went while the pages were read has moved others across page borders: seen on the way back
    for (const [index, page] of [...pages.entries()].slice(0, -1).reverse())
      if (!sameIds((await this.#page(index + 1)).rows, page.rows)) return null;
    return { rows, answeredAt: pages[0]?.answeredAt ?? 0 };
  }

  async #forwards(): Promise<readonly Page[]> {
    const pages = [await this.#page(1)];
    for (let page = pages[0], received = 0; page !== undefined; ) {
      received += page.rows.length;
      if (!canHaveMore(page, received)) break;
      const next = await this.#page(pages.length + 1);
      if (sameIds(next.rows, page.rows)) {
        // a platform without pages for this collection answers all of it to every request
        if (page.rows.length >= PAGE_SIZE || page.hasNext === true || (page.total ?? 0) > received)
          throw new ContractError(
            `${this.#options.source.path} page ${pages.length + 1} repeats the page before it: the platform ignores "page"`,
          );
        break;
      }
      pages.push(next);
      page = next;
    }
    return pages;
  }

  async #page(number: number): Promise<Page> {
    await this.#options.keepAlive();
    return this.#options.client.page(this.#options.source.path, createPageParameters(number, 'id'));
  }
}

/** Marker of an empty snapshot: without it the ids of the one before would seem to live on. */
function noneLeft(extractedAt: string): Taken {
  const record = { _none: true };
  return { record, json: JSON.stringify(record), dt: extractedAt.slice(0, 10), extractedAt, marker: true };
}

// a row without an id stands for itself: it must not make the walk look moved
const idOf = ({ value }: ParsedJson): unknown => (isObject(value) && value.id !== undefined ? value.id : value);

const sameIds = (a: readonly ParsedJson[], b: readonly ParsedJson[]) =>
  a.length > 0 && JSON.stringify(a.map(idOf)) === JSON.stringify(b.map(idOf));
