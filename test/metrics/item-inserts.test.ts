import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../catalog/segment-metrics.ts';
import { insertItems, insertStatement } from '../../lambdas/metrics/item-inserts.ts';
import { createMetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import { call, DAY, NOW } from '../runs/run-world.ts';

const ITEMS = ['acme#1', 'acme#2', 'acme#3'].map((call_key) => ({ call_key, caller: 'Sam Example' }));

/** @param answer of the client to every request */
function insert(answer: object) {
  // a test double: only send is ever called
  const client = { send: async () => answer } as unknown as DynamoDBDocumentClient;
  return insertItems(client, 'ccaip-metrics', ITEMS);
}

describe('the statement of an item', () => {
  it('has the values as parameters, without undefined ones', () => {
    const item = { call_key: 'acme#1', none: undefined, nothing: null, segments: [{ kind: 'talk' }] };
    expect(insertStatement('ccaip-metrics', item)).toEqual({
      Statement: `INSERT INTO "ccaip-metrics" VALUE {'call_key':?,'nothing':?,'segments':?}`,
      Parameters: [{ S: 'acme#1' }, { NULL: true }, { L: [{ M: { kind: { S: 'talk' } } }] }],
    });
  });

  it('is far shorter than DynamoDB allows for an item with every attribute, in a table with the longest name', () => {
    const [name, limit] = ['x'.repeat(255), 8_192];
    const item = createMetricsItem(
      'acme',
      segmentCall({ record: call(1, 60), dt: DAY, extractedAt: NOW, batch: '0000000001' }),
      30,
    );
    const everything = { ...Object.fromEntries(METRICS.map((metric) => [metric, 1])), ...item };
    expect(Object.keys(everything).length).toBeGreaterThan(METRICS.length + 15);
    expect(insertStatement(name, everything).Statement.length).toBeLessThan(limit / 4);
  });
});

describe('a request of inserts', () => {
  it('identifies known and postponed items by the position of the answers', async () => {
    const [one, two, three] = ITEMS;
    const known = { Error: { Code: 'DuplicateItem' } };
    const postponed = { Error: { Code: 'TransactionConflict' } };
    expect(await insert({ Responses: [{}, {}, {}] })).toEqual({ known: [], postponed: [] });
    expect(await insert({ Responses: [postponed, known, {}] })).toEqual({
      known: [two],
      postponed: [one],
      reason: 'TransactionConflict',
    });
    expect(await insert({ Responses: [{}, {}, known] })).toEqual({ known: [three], postponed: [] });
  });

  it('repeats a statement without an answer', async () => {
    const reason = 'InternalServerError';
    expect(await insert({ Responses: [{}] })).toEqual({ known: [], postponed: ITEMS.slice(1), reason });
    expect(await insert({})).toEqual({ known: [], postponed: ITEMS, reason });
  });

  it('is not sent without items', async () => {
    const client = { send: () => Promise.reject(new Error('sent')) } as unknown as DynamoDBDocumentClient;
    expect(await insertItems(client, 'ccaip-metrics', [])).toEqual({ known: [], postponed: [] });
  });

  it.each([{ Code: 'ValidationError', Message: 'Sam Example is invalid' }, { Message: 'Sam Example' }, {}])(
    'fails with the table, the call and the reason, and without values of the item: %j',
    async (error) => {
      const failure: unknown = await insert({ Responses: [{}, { Error: error }, {}] }).catch((each: unknown) => each);
      expect(String(failure)).toContain(
        `ContractError: table ccaip-metrics refuses the item acme#2 (${'Code' in error ? error.Code : 'no reason given'})`,
      );
      expect(String(failure)).not.toContain('Sam');
    },
  );
});
