import type { BatchStatementErrorCodeEnum } from '@aws-sdk/client-dynamodb';
import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, ContractError, TransientError } from '../../lambdas/common/errors.ts';
import { createMetricsItem, type MetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { MetricsWriter } from '../../lambdas/metrics/metrics-writer.ts';
import { NewestItems } from '../../lambdas/metrics/newest-items.ts';
import { type SegmentedCall, segmentCall } from '../../lambdas/segments/segment-record.ts';
import { METRICS_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { FakeDynamoDb } from '../chaos/aws/fake-dynamodb.ts';
import { call, DAY, NOW } from '../runs/run-world.ts';

const TABLE = 'ccaip-metrics';

const version = (id: number, changes: Record<string, unknown> = {}): SegmentedCall =>
  segmentCall({ record: call(id, 60, changes), dt: DAY, extractedAt: NOW, batch: '0000000001' });
const versions = (count: number, first = 0, changes: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, i) => version(first + i, changes));
const itemOf = (each: SegmentedCall): MetricsItem => createMetricsItem('acme', each);

const AFTER = ' after it was done';

const LATER = { updated_at: '2026-03-02T11:50:00.000Z', status: 'failed' };

interface Trouble {
  /** Names of the errors that the first requests get; with AFTER they are carried out. */
  readonly errors?: readonly string[];
  /** Errors of the first statements; `undefined` means success. */
  readonly refusals?: readonly (string | undefined)[];
  readonly timeLeft?: number;
}

/** A writer, its table in memory, and a clock that only pauses move. */
function setup({ errors = [], refusals = [], timeLeft = 600_000 }: Trouble = {}) {
  const database = new FakeDynamoDb({ [TABLE]: METRICS_TABLE_KEYS });
  const [failing, refusing] = [[...errors], [...refusals]];
  const time = { left: timeLeft, pauses: [] as number[], keptAlive: 0 };
  const sent = { puts: 0, batches: 0, inserts: 0 };
  const send = async (command: unknown) => {
    const error = failing.shift();
    if (error?.endsWith(AFTER)) database.execute(command);
    if (error !== undefined) throw Object.assign(new Error(error), { name: error.replace(AFTER, '') });
    if (command instanceof PutCommand) sent.puts += 1;
    if (command instanceof BatchExecuteStatementCommand) {
      sent.batches += 1;
      sent.inserts += command.input.Statements?.length ?? 0;
    }
    const faultOf = () => {
      const refusal = refusing.shift();
      if (refusal === undefined) return undefined;
      const code = refusal.replace(AFTER, '') as BatchStatementErrorCodeEnum;
      return { code, isDone: refusal.endsWith(AFTER) };
    };
    return database.execute(command, undefined, faultOf);
  };
  const newWriter = () =>
    new MetricsWriter({
      // a test double: the table only ever calls send
      table: new MetricsTable({ send } as unknown as DynamoDBDocumentClient, TABLE),
      tenant: 'acme',
      effects: {
        random: () => 0.5,
        sleep: async (milliseconds) => {
          time.pauses.push(milliseconds);
          time.left -= milliseconds;
        },
      },
      timeLeft: () => time.left,
      keepAlive: async () => {
        time.keptAlive += 1;
      },
    });
  const fail = (...names: string[]) => void failing.push(...names);
  return { writer: newWriter(), newWriter, items: () => database.items(TABLE), time, sent, fail };
}

/** Items as the fake holds them, by their keys. */
const stored = (calls: readonly SegmentedCall[]) =>
  calls.map((each) => JSON.parse(JSON.stringify(itemOf(each)))).sort((a, b) => (a.call_key < b.call_key ? -1 : 1));

function write(writer: MetricsWriter, calls: readonly SegmentedCall[]): Promise<void> {
  const items = new NewestItems();
  for (const call of calls) items.add(writer.createItem(call));
  return writer.write(items.list());
}

describe('writing the items of calls', () => {
  it('writes the newest version of each call once, whatever the order of the versions', async () => {
    const arriving = [
      version(1, { updated_at: '2026-03-02T11:10:00.000Z' }),
      version(1, { updated_at: '2026-03-02T11:30:00.000Z', status: 'failed' }),
      version(2),
      version(1, { updated_at: '2026-03-02T11:20:00.000Z' }),
    ];
    for (const order of [arriving, arriving.toReversed()]) {
      const { writer, items, sent } = setup();
      await write(writer, order);
      expect(items()).toEqual(
        stored([version(1, { updated_at: '2026-03-02T11:30:00.000Z', status: 'failed' }), version(2)]),
      );
      expect(sent).toEqual({ puts: 2, batches: 0, inserts: 0 });
    }
  });

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'continues after %s until every item is written, and keeps the lease meanwhile',
    async (name) => {
      const { writer, items, time } = setup({ errors: Array.from({ length: 100 }, () => name) });
      await write(writer, versions(40));
      expect(items()).toEqual(stored(versions(40)));
      expect(time.pauses).toHaveLength(100);
      expect(time.keptAlive).toBeGreaterThanOrEqual(100);
    },
  );

  it('ends in time if the throttling continues: the batch is not committed, and the operator is told', async () => {
    const { writer, time } = setup({ errors: Array.from({ length: 10_000 }, () => 'ThrottlingException') });
    const error: unknown = await write(writer, [version(1)]).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain('table ccaip-metrics takes no writes now (ThrottlingException)');
    expect(time.left).toBeGreaterThanOrEqual(30_000);
  });

  it('does not retry after a permanent error', async () => {
    const { writer, time } = setup({ errors: ['AccessDeniedException'] });
    await expect(write(writer, [version(1)])).rejects.toThrow('AccessDeniedException');
    expect(time.pauses).toEqual([]);
  });
});

describe('a run whose calls the table lacks', () => {
  it('puts 25 items and inserts all others, 25 per request, over all its batches', async () => {
    const { writer, items, sent } = setup();
    await write(writer, versions(60));
    expect(sent).toEqual({ puts: 25, batches: 2, inserts: 35 });
    await write(writer, versions(50, 60));
    expect(sent).toEqual({ puts: 25, batches: 4, inserts: 85 });
    expect(items()).toEqual(stored(versions(110)));
  });

  it('replaces what it inserted when a newer version comes, and never by an older one', async () => {
    const { writer, items } = setup();
    await write(writer, versions(50));
    await write(writer, versions(50, 0, LATER));
    expect(items()).toEqual(stored(versions(50, 0, LATER)));
    await write(writer, versions(50));
    expect(items()).toEqual(stored(versions(50, 0, LATER)));
  });
});

describe('a run whose calls the table has', () => {
  it('puts each item, once', async () => {
    const { writer, newWriter, items, sent } = setup();
    await write(writer, versions(200));
    for (const changes of [{}, LATER]) {
      Object.assign(sent, { puts: 0, batches: 0, inserts: 0 });
      await write(newWriter(), versions(200, 0, changes));
      expect(sent).toEqual({ puts: 200, batches: 0, inserts: 0 });
      expect(items()).toEqual(stored(versions(200, 0, changes)));
    }
  });

  it('puts each item if two of three are updates of older calls', async () => {
    const { writer, newWriter, sent } = setup();
    await write(writer, versions(200));
    Object.assign(sent, { puts: 0, batches: 0, inserts: 0 });
    const live = versions(100, 200).flatMap((each, i) => [version(2 * i, LATER), version(2 * i + 1, LATER), each]);
    await write(newWriter(), live);
    expect(sent).toEqual({ puts: 300, batches: 0, inserts: 0 });
  });

  it('is detected in the middle: the items of the refused inserts are put, and then all others', async () => {
    const { writer, newWriter, items, sent } = setup();
    await write(writer, versions(100, 100));
    Object.assign(sent, { puts: 0, batches: 0, inserts: 0 });
    // the first hundred are new, the second hundred are not
    await write(newWriter(), versions(200, 0, LATER));
    expect(items()).toEqual(stored(versions(200, 0, LATER)));
    expect(sent.inserts - 75).toBeLessThanOrEqual(50);
    expect(sent.puts).toBe(125);
  });
});

describe('an insert that is refused alone', () => {
  it.each([
    'InternalServerError',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'ThrottlingError',
    'TransactionConflict',
  ] as const)('is sent again after %s, without those that succeeded, and the lease is kept meanwhile', async (code) => {
    const refusals = Array.from({ length: 25 + 10 }, (_, i) => (i % 2 === 0 ? code : undefined));
    const { writer, items, time, sent } = setup({ refusals });
    await write(writer, versions(50));
    expect(items()).toEqual(stored(versions(50)));
    // 13 of 25 are refused, then 5 of these 13
    expect(sent).toEqual({ puts: 25, batches: 3, inserts: 25 + 13 + 5 });
    expect(time.pauses).toEqual([250, 250]);
    expect(time.keptAlive).toBeGreaterThanOrEqual(2);
  });

  it('waits longer and longer, with jitter, while none succeeds, and resets the wait after a success', async () => {
    const refusals = [...Array.from({ length: 4 * 25 + 24 }, () => 'ThrottlingError' as const), undefined];
    const { writer, items, time } = setup({ refusals: [...refusals, 'ThrottlingError'] });
    await write(writer, versions(50));
    expect(items()).toEqual(stored(versions(50)));
    expect(time.pauses).toEqual([250, 500, 1_000, 2_000, 250, 250]);
  });

  it.each(['DuplicateItem', 'ConditionalCheckFailed'] as const)('is put after %s', async (code) => {
    const { writer, items, sent } = setup({ refusals: [undefined, code, undefined, code] });
    await write(writer, versions(50));
    expect(items()).toEqual(stored(versions(50)));
    expect(sent).toEqual({ puts: 27, batches: 1, inserts: 25 });
  });

  it('ends the run in time if it is always refused: what was written stays', async () => {
    const refusals = Array.from({ length: 10_000 }, () => 'ThrottlingError' as const);
    const { writer, items, time } = setup({ refusals });
    const error: unknown = await write(writer, versions(50)).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain('table ccaip-metrics takes no writes now (ThrottlingError)');
    expect(time.left).toBeGreaterThanOrEqual(30_000);
    expect(items()).toEqual(stored(versions(25)));
  });

  it.each([
    ['ValidationError', ContractError, 'table ccaip-metrics refuses the item acme#25 (ValidationError)'],
    ['ItemCollectionSizeLimitExceeded', ContractError, 'acme#25 (ItemCollectionSizeLimitExceeded)'],
    ['AccessDenied', ConfigurationError, 'table ccaip-metrics: the function may not insert items; its role needs'],
    ['ResourceNotFound', ConfigurationError, 'table ccaip-metrics does not exist'],
  ] as const)('ends the batch after %s, and says of which table and call', async (code, type, message) => {
    const { writer, items, time } = setup({ refusals: [code] });
    const error: unknown = await write(writer, versions(50)).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(type);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toMatch(/Example|sam@/);
    expect(time.pauses).toEqual([]);
    // of the others nothing is lost
    expect(items()).toHaveLength(49);
  });
});

describe('a request of inserts that fails as a whole', () => {
  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'is sent again after %s',
    async (name) => {
      const { writer, items, time, sent, fail } = setup();
      await write(writer, versions(25));
      fail(name, name, name);
      await write(writer, versions(25, 25));
      expect(items()).toEqual(stored(versions(50)));
      expect(sent).toEqual({ puts: 25, batches: 1, inserts: 25 });
      expect(time.pauses).toEqual([250, 500, 1_000]);
    },
  );

  it('ends the batch after a permanent error', async () => {
    const { writer, items, time, fail } = setup();
    await write(writer, versions(25));
    fail('AccessDeniedException');
    await expect(write(writer, versions(25, 25))).rejects.toThrow('AccessDeniedException');
    expect(time.pauses).toEqual([]);
    expect(items()).toHaveLength(25);
  });

  it('or whose answer is lost does not change the outcome: the next run finds its items and continues', async () => {
    const { writer, newWriter, items, fail } = setup();
    await write(writer, versions(25));
    fail(`TimeoutError${AFTER}`);
    await expect(write(writer, versions(25, 25))).rejects.toThrow('TimeoutError');
    expect(items()).toHaveLength(50);
    const next = newWriter();
    await write(next, versions(100, 25));
    expect(items()).toEqual(stored(versions(125)));
  });
});

describe('a statement that succeeded although its result is an error', () => {
  it('is found by the next attempt, and its item stays', async () => {
    const { writer, items, sent } = setup({ refusals: [`InternalServerError${AFTER}`] });
    await write(writer, versions(50));
    expect(items()).toEqual(stored(versions(50)));
    expect(sent).toEqual({ puts: 26, batches: 2, inserts: 26 });
  });
});

describe('restoring items', () => {
  it('inserts those that are missing and puts those that changed, also over an equal version', async () => {
    const { writer, newWriter, items, sent } = setup();
    await writer.restore(versions(60).map(itemOf), []);
    expect(sent).toEqual({ puts: 0, batches: 3, inserts: 60 });
    const changed = versions(30).map((each) => ({ ...itemOf(each), talk_time: 1 }));
    await newWriter().restore([], changed);
    expect(items().filter(({ talk_time }) => talk_time === 1)).toHaveLength(30);
    expect(sent).toEqual({ puts: 30, batches: 3, inserts: 60 });
  });

  it('puts an item that was missing and exists now, unless the existing one is newer', async () => {
    const { writer, newWriter, items } = setup();
    await write(writer, [version(1, LATER), version(2)]);
    await newWriter().restore(versions(10).map(itemOf), []);
    expect(items()).toEqual(stored(versions(10).map((each, id) => (id === 1 ? version(1, LATER) : each))));
  });
});
