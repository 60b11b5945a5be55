import { hash } from 'node:crypto';
import type { Endpoint, SnapshotSource } from '../../../catalog/index.ts';
import { parseRecordId } from '../../../catalog/record-id.ts';
import { isoTime } from '../../../catalog/timestamp.ts';
import { ContractError, TransientError, UnreadableError } from '../../common/errors.ts';
import { isDeeperThan, isObject, MAX_DEPTH, NESTED_TOO_DEEP, type ParsedJson, writeJson } from '../../common/json.ts';
import { readOriginal, withOriginal } from '../../common/repeated-keys.ts';
import type { Rejected, Taken, Tried } from '../../lake/lake-records.ts';
import { UnreadableRecords } from '../../ledger/unreadable-records.ts';
import { type CcaipClient, createPageParameters } from '../../platform/client.ts';
import { canHaveMore, MAX_EMPTY_PAGES, PAGE_SIZE } from '../../platform/page.ts';
import { identifyRow } from '../identify-row.ts';
import { FEW_ATTEMPTS, type NarrowedPage, type NarrowingBudget, narrowPage } from '../narrow-page.ts';
import type { RunContext, Source, SourceBatch, SourceEnd } from '../source.ts';
import type { RowValidator } from '../validate.ts';
import { flattenTree, MAX_TREE_LEVELS } from './flatten-tree.ts';
import { createSnapshotPosition, parseSnapshotPosition } from './snapshot-position.ts';

const ATTEMPTS = 3;

const MAX_IDS_IN_MESSAGE = 5;

/** Records of a snapshot at most: beyond it the collection does not fit into the memory of a function. */
export const MAX_RECORDS = 200_000;

/** Characters of their texts at most. */
const MAX_CHARACTERS = 50_000_000;

interface SnapshotOptions extends RunContext {
  readonly endpoint: Endpoint;
  readonly source: SnapshotSource;
  readonly client: CcaipClient;
  readonly validator: RowValidator;
  /** Requests that this run may spend on unreadable pages. */
  readonly narrowing: NarrowingBudget;
}

interface Walk {
  readonly rows: readonly ParsedJson[];
  readonly pages: readonly NarrowedPage[];
  /** Describes the contradiction; undefined if the walk is consistent. */
  readonly contradiction: string | undefined;
  /** Platform time of the first page, milliseconds: the collection was like this from then on. */
  readonly answeredAt: number;
}

/** Accepts a whole collection only if the walk was complete and nothing moved. An unchanged collection writes nothing. */
export class Snapshot implements Source {
  readonly #options: SnapshotOptions;

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  async *batches(position: unknown): AsyncGenerator<SourceBatch, SourceEnd> {
    const { rows, answeredAt, pages } = await this.#completeWalk();
    const extractedAt = isoTime(answeredAt);
    const records = this.#flatten(rows);
    const { taken, rejected } = this.#check(records, extractedAt);
    if (taken.length === 0 && rejected[0] !== undefined)
      throw new ContractError(
        `${this.#options.endpoint.name}: none of ${rejected.length} records fits its schema (${rejected[0].reason} at ${rejected[0].place}): the platform's format has changed; the snapshot before it stays`,
      );
    const digest = hash('sha1', records.map(({ json }) => json).join('\n'), 'base64url');
    const known = position === undefined ? undefined : parseSnapshotPosition(position, this.#options.endpoint.name);
    const unreadable = new UnreadableRecords(known?.unreadable);
    const news = this.#noteUnreadable(unreadable, pages, answeredAt);
    const next = createSnapshotPosition(extractedAt, digest, unreadable);
    const end = { more: false, completeTo: extractedAt, position: next, cursor: extractedAt };
    const isUnchanged = known === undefined ? records.length === 0 : known.digest === digest;
    const isJournalUnchanged = news.rejected.length === 0 && news.requeued.length === 0;
    const canSkip = isUnchanged && isJournalUnchanged && !this.#options.afterFailure;
    if (canSkip && news.tried.length === 0) return end;
    yield {
      // an unchanged snapshot is not written again because a record was retried
      taken: canSkip ? [] : taken.length > 0 ? taken : [noneLeft(extractedAt)],
      rejected: canSkip ? [] : [...rejected, ...news.rejected],
      ...(news.requeued.length > 0 && { requeued: news.requeued }),
      ...(news.tried.length > 0 && { tried: news.tried }),
      extractedAt,
      position: next,
      cursor: extractedAt,
      from: extractedAt,
      to: extractedAt,
    };
    return end;
  }

  #noteUnreadable(unreadable: UnreadableRecords, pages: readonly NarrowedPage[], now: number) {
    const { source, warn } = this.#options;
    const rejected: Rejected[] = [];
    const tried: Tried[] = [];
    for (const { position, reason } of pages.flatMap(({ gaps }) => gaps)) {
      const place = `${source.path} record ${position}`;
      warn(`${place} cannot be read: ${reason}; the snapshot is taken without it`);
      // a snapshot has no cursor time: its records are told apart by their place
      const found = unreadable.note({ from: position, until: position, place, reason }, now);
      if (found.rejected !== undefined) rejected.push(found.rejected);
      if (found.tried !== undefined) tried.push(found.tried);
    }
    return { rejected, tried, requeued: unreadable.clearFrom(0, now) };
  }

  #flatten(rows: readonly ParsedJson[]): readonly ParsedJson[] {
    const { children } = this.#options.source;
    if (children === undefined) return rows;
    const nodes = rows.flatMap(({ value, json }) =>
      flattenTree([value], children).map((node, index) => writeNode(node, index === 0 ? json : null)),
    );
    return this.#withoutRepeatedNodes(nodes);
  }

  /** Of nodes with one id the first. A tree that contains itself would have them without end if the API could write it. */
  #withoutRepeatedNodes(nodes: readonly ParsedJson[]): readonly ParsedJson[] {
    const repeated = repeatedIds(nodes);
    if (repeated.length === 0) return nodes;
    const { source, warn } = this.#options;
    const ids = repeated.slice(0, MAX_IDS_IN_MESSAGE).join(', ');
    warn(
      `${source.path}: ${repeated.length} nodes have an id that came before in the tree (${ids}); the first is taken`,
    );
    return withoutRepeats(nodes.toReversed()).toReversed();
  }

  #check(records: readonly ParsedJson[], extractedAt: string): { taken: Taken[]; rejected: Rejected[] } {
    const { source, validator } = this.#options;
    const dt = extractedAt.slice(0, 10);
    const taken: Taken[] = [];
    const rejected: Rejected[] = [];
    for (const [index, row] of records.entries()) {
      const { json } = row;
      const { record, reason } = validator.check(row);
      if (record !== undefined) taken.push({ record, json, dt, extractedAt });
      else rejected.push({ json, reason, place: `${source.path} row ${index + 1}`, extractedAt });
    }
    return { taken, rejected };
  }

  /** Walks the collection until a walk is consistent, or the same contradiction has occurred three times. */
  async #completeWalk(): Promise<Walk> {
    const { source, warn } = this.#options;
    const walks: (Walk | null)[] = [];
    while (walks.length < ATTEMPTS) {
      const walk = await this.#walk();
      if (walk !== null && walk.contradiction === undefined) return walk;
      walks.push(walk);
    }
    const [first] = walks;
    if (first && first.rows.length > 0 && walks.every((walk) => walk !== null && isSameWalk(walk, first))) {
      warn(`${source.path}: ${first.contradiction}, in ${ATTEMPTS} walks alike; what was read is taken`);
      return { ...first, rows: withoutRepeats(first.rows) };
    }
    const why = first ? ` (${first.contradiction})` : '';
    throw new TransientError(
      `${source.path} changed while its pages were read, ${ATTEMPTS} times in a row${why}: nothing was taken; the next run tries again`,
    );
  }

  /** @returns null if the collection moved meanwhile */
  async #walk(): Promise<Walk | null> {
    const pages = await this.#forwards();
    const rows = pages.flatMap((page) => page.rows);
    const contradiction = this.#contradiction(pages, rows);
    const answeredAt = pages[0]?.answeredAt ?? 0;
    // walks with a contradiction count only if they are all alike
    if (contradiction !== undefined) return { rows, pages, contradiction, answeredAt };
    // a record that came or went while the pages were read has moved others across page borders: seen on the way back
    for (const [index, page] of [...pages.entries()].slice(0, -1).reverse())
      if (!sameIds((await this.#page(index + 1)).rows, page.rows)) return null;
    return { rows, pages, contradiction, answeredAt };
  }

  #contradiction(pages: readonly NarrowedPage[], rows: readonly ParsedJson[]): string | undefined {
    const repeated = repeatedIds(rows);
    if (repeated.length > 0) {
      const ids = repeated.slice(0, MAX_IDS_IN_MESSAGE).join(', ');
      return `${rows.length} rows, ${repeated.length} of them with an id that came before (${ids})`;
    }
    if (this.#options.source.children !== undefined) return undefined;
    const count = rows.length + pages.reduce((sum, { gaps }) => sum + gaps.length, 0);
    const wrong = pages.find(({ total }) => total !== null && total !== count);
    // every "Total" is the number of rows on its page: it says nothing about the collection
    const isOfPage = pages.every((page) => page.total === null || page.total === page.rows.length);
    return wrong === undefined || isOfPage ? undefined : `Total is ${wrong.total}, but there are ${count} rows`;
  }

  async #forwards(): Promise<readonly NarrowedPage[]> {
    const { source } = this.#options;
    const pages = [await this.#page(1)];
    let empty = 0;
    let characters = 0;
    for (let page = pages[0], received = 0; page !== undefined; ) {
      received += page.rows.length + page.gaps.length;
      if (received > MAX_RECORDS)
        throw new ContractError(`${source.path} has more than ${MAX_RECORDS} records: too many for a snapshot`);
      characters += page.rows.reduce((sum, { json }) => sum + json.length, 0);
      if (characters > MAX_CHARACTERS)
        throw new ContractError(
          `${source.path} has more than ${MAX_CHARACTERS / 1e6} million characters: too many for a snapshot; the one before it stays`,
        );
      empty = page.rows.length === 0 ? empty + 1 : 0;
      if (!canHaveMore(page, received) || empty >= MAX_EMPTY_PAGES) break;
      const next = await this.#page(pages.length + 1);
      if (next.rows.length > 0 && sameIds(next.rows, page.rows)) {
        // a platform without pages for this collection answers every request with all of it
        if (page.rows.length >= PAGE_SIZE || page.hasNext === true || (page.total ?? 0) > received)
          throw new ContractError(
            `${source.path} page ${pages.length + 1} repeats the page before it: the platform ignores "page"`,
          );
        break;
      }
      pages.push(next);
      page = next;
    }
    return pages;
  }

  async #page(number: number): Promise<NarrowedPage> {
    const { source, client, narrowing } = this.#options;
    const fetch = async (page: number, per?: number) => {
      await this.#options.keepAlive();
      const parameters = createPageParameters(page, 'id', per);
      return client.page(source.path, parameters, per === undefined ? undefined : FEW_ATTEMPTS);
    };
    try {
      return { ...(await fetch(number)), gaps: [] };
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return narrowPage({ page: number, size: PAGE_SIZE, failure: error, fetch, budget: narrowing });
    }
  }
}

/** Marks an empty snapshot: without it, the ids of the previous snapshot would still seem to exist. */
function noneLeft(extractedAt: string): Taken {
  const record = { _none: true };
  return { record, json: JSON.stringify(record), dt: extractedAt.slice(0, 10), extractedAt, marker: true };
}

/** A node of a tree as a record. @param root the text of the tree if the node is its root, else null */
function writeNode(node: unknown, root: string | null): ParsedJson {
  const level = isObject(node) && typeof node._level === 'number' ? node._level : 0;
  if (level >= MAX_TREE_LEVELS)
    return { value: node, json: 'null', flaw: `deeper than level ${MAX_TREE_LEVELS} of its tree` };
  if (isDeeperThan(node, MAX_DEPTH)) return { value: node, json: 'null', flaw: NESTED_TOO_DEEP };
  const original = root === null ? undefined : readOriginal(root);
  const { value, json } = writeJson(node);
  return { value, json: original === undefined ? json : withOriginal(json, original) };
}

/** Whether two rows are of one record. A row without an id is compared as a whole, so that it does not make the walk look moved. */
const textOfIds = (rows: readonly ParsedJson[]): string => JSON.stringify(rows.map(identifyRow));

/** The id of a row, or the row if it has none. */
const idOf = (row: ParsedJson): unknown => (isObject(row.value) ? (parseRecordId(row.value.id) ?? row) : row);

const sameIds = (a: readonly ParsedJson[], b: readonly ParsedJson[]) =>
  (a.length > 0 || b.length === 0) && textOfIds(a) === textOfIds(b);

const isSameWalk = (a: Walk, b: Walk): boolean =>
  a.contradiction === b.contradiction && textOfIds(a.rows) === textOfIds(b.rows);

/** Ids that occur more than once. Rows without an id count as unique. */
function repeatedIds(rows: readonly ParsedJson[]): unknown[] {
  const seen = new Set<unknown>();
  const repeated: unknown[] = [];
  for (const id of rows.map(idOf)) {
    if (seen.has(id)) repeated.push(id);
    seen.add(id);
  }
  return repeated;
}

/** Keeps the last row of each id. */
const withoutRepeats = (rows: readonly ParsedJson[]): ParsedJson[] => [
  ...new Map(rows.map((row) => [idOf(row), row])).values(),
];
