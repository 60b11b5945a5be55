import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint, findEndpoint } from '../../catalog/index.ts';

/** What the source documentation describes. */
const MODELS = [
  'Agent',
  'Agent Status History',
  'Call',
  'Call Participant',
  'Changed Detail',
  'Chat',
  'Chat Participant',
  'Photo',
  'Team',
  'Team Tree',
  'Team With Assignees',
  'User Info',
  'Video',
];
const SNAKE = /^[a-z]+(_[a-z]+)*$/;
const COLUMN = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const JSON_PATH = /^\$(\.\w+(\[\])?)+$/;

const each = ENDPOINTS.map((endpoint) => [endpoint.name, endpoint] as const);
const columnsOf = ({ columns }: Endpoint) => Object.entries(columns);

describe('the catalog', () => {
  it('has every documented model, and the two lists that give names to their ids', () => {
    const titles = ENDPOINTS.map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining([...MODELS, 'Menu', 'User Status']));
  });

  it('gives every endpoint a unique name, by which it is found', () => {
    const names = ENDPOINTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map(findEndpoint)).toEqual(ENDPOINTS);
    for (const name of ['', 'calls', 'constructor', 'Call']) expect(findEndpoint(name)).toBeUndefined();
  });

  it('names each collection once, except where two models are views of the same collection', () => {
    const sources = ENDPOINTS.flatMap(({ source }) => (source.kind === 'nested' ? [] : [source]));
    const views = sources.map((source) => JSON.stringify([source.path, 'rowPer' in source && source.rowPer]));
    expect(new Set(views).size).toBe(views.length);
  });

  it('computes segment metrics of calls only', () => {
    expect(ENDPOINTS.filter(({ segmentMetrics }) => segmentMetrics).map(({ name }) => name)).toEqual(['call']);
  });
});

describe.each(each)('%s', (name, endpoint) => {
  const { source, columns, key, schema } = endpoint;

  it('has a snake_case name made of its title, and a description in sentences', () => {
    expect(name).toMatch(SNAKE);
    expect(endpoint.title.toLowerCase().replaceAll(' ', '_')).toBe(name);
    expect(endpoint.doc).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('runs at least once a day, in whole minutes', () => {
    expect(Number.isInteger(endpoint.everyMinutes)).toBe(true);
    expect(endpoint.everyMinutes).toBeGreaterThanOrEqual(1);
    expect(endpoint.everyMinutes).toBeLessThanOrEqual(1440);
  });

  it('has a source that can be reached', () => {
    if (source.kind !== 'nested') return expect(source.path).toMatch(/^\/[a-z_/]+$/);
    expect(source.parents.length).toBeGreaterThan(0);
    const before = ENDPOINTS.slice(0, ENDPOINTS.indexOf(endpoint)).map((parent) => parent.name);
    for (const { endpoint: parent, paths } of source.parents) {
      expect(before).toContain(parent);
      expect(findEndpoint(parent)?.source.kind).not.toBe('nested');
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) expect(path).toMatch(/^\w+(\[\])?(\.\w+(\[\])?)*$/);
    }
    return undefined;
  });

  it('has key fields that every valid record has', () => {
    expect(key.length).toBeGreaterThan(0);
    for (const field of key) {
      // ingestion adds what begins with an underscore
      if (field.startsWith('_')) continue;
      expect(columns[field]?.paths).toEqual([`$.${field}`]);
      expect(schema.safeParse({}).error?.issues.map(({ path }) => path[0])).toContain(field);
    }
  });

  it('checks the times its source orders and dates records by, and has them as columns', () => {
    if (source.kind !== 'tail') return;
    const needed = schema.safeParse({ id: 1 }).error?.issues.map(({ path }) => path[0]);
    expect(new Set(needed)).toEqual(new Set([source.cursor, source.eventTime]));
    for (const field of [source.cursor, source.eventTime, source.openUntil ?? source.cursor])
      expect(columns[field]?.type).toBe('timestamp');
  });

  it('has columns in snake_case, each with a type, places in the record and a sentence', () => {
    expect(columnsOf(endpoint).length).toBeGreaterThan(0);
    for (const [column, { type, paths, doc }] of columnsOf(endpoint)) {
      expect(column).toMatch(COLUMN);
      expect(['bigint', 'double', 'boolean', 'varchar', 'timestamp', 'json']).toContain(type);
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) expect(path).toMatch(JSON_PATH);
      expect(doc).toMatch(/^[A-Z`].*\.$/);
    }
  });

  it('types times as timestamps, ids as what keeps every digit, and durations in seconds', () => {
    for (const [column, { type, doc }] of columnsOf(endpoint)) {
      if (column.endsWith('_at')) expect([column, type]).toEqual([column, 'timestamp']);
      if (type === 'timestamp') {
        expect(column).toMatch(/_(at|time)$/);
        expect(doc).toContain('UTC');
      }
      // an id of another system may be text; a double would round it
      if (/(^|_)id$/.test(column)) expect([column, /bigint|varchar/.test(type)]).toEqual([column, true]);
      if (/duration$|response_time$/.test(column)) {
        expect([column, type]).toEqual([column, 'double']);
        expect(doc).toMatch(/seconds|use `queue_duration`/i);
      }
    }
  });

  it('watches words only at places that are well formed and begin at a column or a list', () => {
    for (const place of endpoint.enums) {
      expect(place).toMatch(/^\w+(\[\]\.\w+)?$/);
      expect(Object.keys(columns)).toContain(place.replace(/\[\].*/, ''));
    }
  });
});
