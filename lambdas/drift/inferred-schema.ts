import * as z from 'zod/mini';
import { isObject } from '../common/json.ts';
import { ADDED_KEYS } from '../common/repeated-keys.ts';

/** A difference from all earlier records. */
export interface Drift {
  /** Place in the record, e.g. `participants[].type`. */
  readonly path: string;
  readonly what: 'new_key' | 'new_type' | 'new_value' | 'vanished_key' | 'far_day' | 'repeated_key' | 'schema_full';
  /** JSON type of the example, never its value; for an enumeration the new word itself, for a far day the date. */
  readonly example: string;
}

/** A key is expected once this number of objects have all had it. */
const STEADY_OBJECTS = 1_000;

/** A key has vanished if a batch has at least this number of objects and none of them has the key. */
const VANISHED_OBJECTS = 50;

/** Limits, because the schema is kept in one item of 400 kB. A longer text is not a word, and an object or enumeration with more keys or words has no fixed ones. */
const MAX_WORD_LENGTH = 100;
const MAX_WORDS = 500;
const MAX_KEYS = 500;

/** Paths of a schema, and bytes of all paths and words. What is beyond is not watched, and that is journalled. */
export const MAX_PATHS = 5_000;
export const MAX_SCHEMA_BYTES = 200_000;

const nodeSchema = z.object({
  types: z.array(z.string()),
  /** Words of an enumeration. */
  values: z.optional(z.array(z.string())),
  /** How often the path was present, and how often the object that contains it. Both stop counting at a limit. */
  seen: z.int(),
  of: z.int(),
  vanished: z.optional(z.boolean()),
  /** Further keys or words are not watched, which is journalled. For the record as a whole: further paths. @default false */
  full: z.optional(z.boolean()),
});

/**
 * The schema of an endpoint's records, which is kept between runs: nodes by path. It is a map, because the platform chooses the
 * paths: `constructor` and `__proto__` are keys like any other.
 */
export type StoredSchema = ReadonlyMap<string, z.infer<typeof nodeSchema>>;

/** Parses a text that {@link formatSchema} wrote. */
export function parseSchema(text: string): StoredSchema {
  const value: unknown = JSON.parse(text);
  return new Map(Object.entries(isObject(value) ? value : {}).map(([path, node]) => [path, nodeSchema.parse(node)]));
}

/** Formats the schema as the text that is kept: a JSON object. */
export const formatSchema = (schema: StoredSchema): string => JSON.stringify(Object.fromEntries(schema));

/** The content of a schema without its counts, as text. Equal texts mean equal schemas. */
export const outlineSchema = (schema: StoredSchema): string =>
  JSON.stringify([...schema].map(([path, node]) => [path, { ...node, seen: node.seen === node.of, of: 0 }]));

interface Node {
  readonly path: string;
  readonly types: Set<string>;
  readonly values: Set<string> | undefined;
  readonly keys: Map<string, Node>;
  element: Node | undefined;
  seen: number;
  of: number;
  vanished: boolean;
  full: boolean;
  /** In this batch. */
  seenNow: number;
  objectsNow: number;
}

/** Learns the schema of records and reports what is new. */
export class InferredSchema {
  readonly #root: Node;
  readonly #enums: ReadonlySet<string>;
  readonly #stored: StoredSchema;
  #drift: Drift[] = [];
  #paths = 0;
  #bytes = 0;

  /** @param enums paths whose words are watched */
  constructor(stored: StoredSchema, enums: readonly string[]) {
    this.#stored = stored;
    this.#enums = new Set(enums);
    this.#root = this.#node('');
  }

  /**
   * Reads the records of a batch. The very first batch only teaches the schema and reports nothing but its limits.
   * @returns what is new, in the order of paths
   */
  learn(records: Iterable<unknown>): Drift[] {
    const isFirst = this.#root.types.size === 0;
    this.#drift = [];
    for (const record of records) this.#observe(record, this.#root);
    this.#settle(this.#root);
    const drift = this.#drift.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return isFirst ? drift.filter(({ what }) => what === 'schema_full') : drift;
  }

  store(): StoredSchema {
    const stored = new Map<string, z.infer<typeof nodeSchema>>();
    const visit = (node: Node) => {
      const { path, types, values, seen, of, vanished, full } = node;
      if (path !== '' || types.size > 0)
        stored.set(path, {
          types: [...types].sort(),
          ...(values && { values: [...values].sort() }),
          seen,
          of,
          vanished,
          ...(full && { full }),
        });
      for (const key of node.keys.values()) visit(key);
      if (node.element) visit(node.element);
    };
    visit(this.#root);
    return stored;
  }

  #observe(value: unknown, node: Node): void {
    node.seenNow += 1;
    const type = typeOf(value);
    if (!node.types.has(type)) {
      node.types.add(type);
      const isNew = node.types.size === 1;
      if (node.path !== '') this.#drift.push({ path: node.path, what: isNew ? 'new_key' : 'new_type', example: type });
    }
    const { values } = node;
    if (values !== undefined && isWord(value) && !values.has(value) && this.#canAddWord(node, values, value)) {
      values.add(value);
      this.#drift.push({ path: node.path, what: 'new_value', example: value });
    }
    if (Array.isArray(value)) {
      node.element ??= this.#addNode(`${node.path}[]`);
      if (node.element !== undefined) for (const element of value) this.#observe(element, node.element);
    } else if (isObject(value)) {
      node.objectsNow += 1;
      for (const key in value) {
        if (node.path === '' && ADDED_KEYS.has(key)) continue;
        let child = node.keys.get(key);
        if (child === undefined) {
          if (node.keys.size >= MAX_KEYS || key.length > MAX_WORD_LENGTH) {
            this.#markFull(node, 'object');
            continue;
          }
          child = this.#addNode(node.path === '' ? key : `${node.path}.${key}`);
          if (child === undefined) continue;
          node.keys.set(key, child);
        }
        this.#observe(value[key], child);
      }
    }
  }

  /** A node for a new path; undefined if the schema is full. */
  #addNode(path: string): Node | undefined {
    const bytes = Buffer.byteLength(path);
    if (this.#paths < MAX_PATHS && this.#bytes + bytes <= MAX_SCHEMA_BYTES) return this.#node(path);
    this.#markFull(this.#root, 'object');
    return undefined;
  }

  #canAddWord(node: Node, words: ReadonlySet<string>, word: string): boolean {
    const bytes = Buffer.byteLength(word);
    const isOversized = this.#bytes + bytes > MAX_SCHEMA_BYTES;
    if (isOversized) this.#markFull(this.#root, 'object');
    else if (words.size >= MAX_WORDS) this.#markFull(node, 'string');
    else this.#bytes += bytes;
    return !isOversized && words.size < MAX_WORDS;
  }

  /** Reports once that what is new at a node, or anywhere, is not watched. */
  #markFull(node: Node, example: 'object' | 'string'): void {
    if (node.full) return;
    node.full = true;
    this.#drift.push({ path: node.path, what: 'schema_full', example });
  }

  /** Adds the counts of a batch to the earlier ones, and finds keys that vanished. */
  #settle(node: Node): void {
    for (const child of node.keys.values()) {
      const isSteady = child.of >= STEADY_OBJECTS && child.seen === child.of;
      if (child.seenNow > 0) child.vanished = false;
      else if (isSteady && !child.vanished && node.objectsNow >= VANISHED_OBJECTS) {
        child.vanished = true;
        this.#drift.push({ path: child.path, what: 'vanished_key', example: [...child.types].sort().join(',') });
      }
      if (child.of < STEADY_OBJECTS) {
        child.seen += child.seenNow;
        child.of += node.objectsNow;
      }
      child.seenNow = 0;
      this.#settle(child);
    }
    if (node.element) this.#settle(node.element);
    node.objectsNow = 0;
  }

  /** A node with all that is stored below it. */
  #node(path: string): Node {
    const stored = this.#stored.get(path);
    this.#paths += 1;
    this.#bytes +=
      Buffer.byteLength(path) + (stored?.values ?? []).reduce((sum, word) => sum + Buffer.byteLength(word), 0);
    const node: Node = {
      path,
      types: new Set(stored?.types),
      values: this.#enums.has(path) ? new Set(stored?.values) : undefined,
      keys: new Map(),
      element: undefined,
      seen: stored?.seen ?? 0,
      of: stored?.of ?? 0,
      vanished: stored?.vanished ?? false,
      full: stored?.full ?? false,
      seenNow: 0,
      objectsNow: 0,
    };
    if (stored?.types.includes('object')) this.#restoreKeys(node);
    if (this.#stored.has(`${path}[]`)) node.element = this.#node(`${path}[]`);
    return node;
  }

  #restoreKeys(node: Node): void {
    const prefix = node.path === '' ? '' : `${node.path}.`;
    for (const path of this.#stored.keys()) {
      const key = path.slice(prefix.length);
      if (path.startsWith(prefix) && /^[^.[\]]+$/.test(key)) node.keys.set(key, this.#node(path));
    }
  }
}

const isWord = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_WORD_LENGTH;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
