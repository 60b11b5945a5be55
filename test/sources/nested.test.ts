import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lake } from '../../lambdas/lake/lake.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import type { LedgerEntry } from '../../lambdas/ledger/ledger-entry.ts';
import { Nested } from '../../lambdas/sources/nested/nested.ts';
import { BATCH_RECORDS } from '../../lambdas/sources/source.ts';
import type { Row } from '../support/fake-platform.ts';
import { drain, entry, NOW } from './source-setup.ts';

/** Parents' ledgers and raw objects in memory. */
class Parents {
  readonly batches = new Map<string, LedgerEntry[]>();
  readonly objects = new Map<string, string[]>();
  readonly read: string[] = [];
  readonly ledger: Ledger;
  readonly lake: Lake;

  constructor() {
    const { batches, objects, read } = this;
    this.ledger = new (class extends Ledger {
      override async *entriesAfter(endpoint: string, after: number) {
        yield* (batches.get(endpoint) ?? []).filter(({ seq }) => seq > after);
      }
    })(DynamoDBDocumentClient.from(new DynamoDBClient({})), 'none', 'acme');
    this.lake = new (class extends Lake {
      override async get(key: string) {
        read.push(key);
        return objects.get(key) ?? [];
      }
    })(() => Promise.reject(new Error('no S3 here')), 'none');
  }

  /** Commits records of a parent, one raw object per date. */
  commit(endpoint: string, records: readonly Row[], dt = '2026-03-01', extractedAt = NOW) {
    const batches = this.batches.get(endpoint) ?? [];
    this.batches.set(endpoint, batches);
    const seq = batches.length + 1;
    const key = (zone: string) => `${zone}/${endpoint}/${dt}/${seq}`;
    const lines = records.map((record) =>
      JSON.stringify({ ...record, _extracted_at: extractedAt, _batch: String(seq).padStart(10, '0') }),
    );
    this.objects.set(key('raw'), lines);
    this.objects.set(key('quarantine'), ['{"participants":[{"id":666}]}']);
    const objects = (['raw', 'quarantine'] as const).map((zone) => ({
      key: key(zone),
      zone,
      dt,
      records: 1,
      bytes: 1,
    }));
    batches.push({
      formatVersion: 1,
      seq,
      run: 'r',
      scheduledTime: NOW,
      committedAt: NOW,
      extractedAt,
      from: null,
      to: null,
      records: records.length,
      quarantined: 0,
      requests: 1,
      seconds: 1,
      objects,
    });
  }

  source(name: string, timeIsUp = () => false): Nested {
    const endpoint = entry(name);
    if (endpoint.source.kind !== 'nested') throw new Error(`${name} is not nested`);
    const { ledger, lake } = this;
    const context = { timeIsUp, keepAlive: async () => undefined, afterFailure: false, warn: () => undefined };
    return new Nested({ ...context, endpoint, source: endpoint.source, ledger, lake });
  }
}

const call = (id: number, participants?: unknown, updated_at = '2026-03-01T10:00:00.000Z'): Row => ({
  id,
  updated_at,
  ...(participants !== undefined && { participants }),
});

describe('nested records', () => {
  it('have their content, their path and the version of their parent', async () => {
    const parents = new Parents();
    parents.commit('call', [call(7, [{ id: 1, type: 'agent', new_key: null }, { id: 2 }])], '2026-02-27');
    const { batches, end } = await drain(parents.source('call_participant'));
    const origin = { _parent_type: 'call', _parent_id: 7, _parent_updated_at: '2026-03-01T10:00:00.000Z' };
    const record = { id: 1, type: 'agent', new_key: null, ...origin, _parent_path: 'participants[0]' };
    expect(batches[0]?.taken[0]).toEqual({
      record,
      json: JSON.stringify(record),
      dt: '2026-02-27',
      extractedAt: NOW,
      batch: '0000000001',
      marker: false,
    });
    expect(batches[0]?.taken[1]?.record).toEqual({ id: 2, ...origin, _parent_path: 'participants[1]' });
    expect(batches[0]).toMatchObject({ from: origin._parent_updated_at, to: origin._parent_updated_at, cursor: NOW });
    expect(end).toMatchObject({ more: false, completeTo: NOW });
  });

  it('of a parent that no longer has any leave a marker', async () => {
    const parents = new Parents();
    parents.commit('call', [call(1, []), call(2), call(3, null), call(4, [null])]);
    const { records, batches } = await drain(parents.source('call_participant'));
    expect(records.map(({ _parent_id, _none }) => [_parent_id, _none])).toEqual([1, 2, 3, 4].map((id) => [id, true]));
    expect(batches[0]?.taken.every(({ marker }) => marker)).toBe(true);
  });

  it('come from several places of several parents', async () => {
    const parents = new Parents();
    const transfers = [{ from_agent: { id: 2 }, to_agent: { id: 3 } }, { to_agent: { id: 4 } }];
    parents.commit('call', [{ ...call(1), agent_info: { id: 1 }, transfers }]);
    parents.commit('team_with_assignees', [{ id: 9, assignees: { id: 5 } }]);
    const { records } = await drain(parents.source('user_info'));
    expect(records.map(({ id, _parent_type, _parent_path }) => [id, _parent_type, _parent_path])).toEqual([
      [1, 'call', 'agent_info'],
      [2, 'call', 'transfers[0].from_agent'],
      [3, 'call', 'transfers[0].to_agent'],
      [4, 'call', 'transfers[1].to_agent'],
      [5, 'team_with_assignees', 'assignees[0]'],
    ]);
  });

  it('name no version of a parent whose cursor does not move when it changes', async () => {
    const parents = new Parents();
    parents.commit('agent_status_history', [{ id: 1, started_at: '2026-03-01T10:00:00.000Z', whodunnit: { id: 5 } }]);
    const { records } = await drain(parents.source('user_info'));
    expect(records).toEqual([
      {
        id: 5,
        _parent_type: 'agent_status_history',
        _parent_id: 1,
        _parent_updated_at: null,
        _parent_path: 'whodunnit',
      },
    ]);
  });

  it('come from raw objects alone', async () => {
    const parents = new Parents();
    parents.commit('call', [call(1, [{ id: 1 }])]);
    expect((await drain(parents.source('call_participant'))).records).toHaveLength(1);
    expect(parents.read).toEqual(['raw/call/2026-03-01/1']);
  });

  it('that do not fit are rejected with their place and without their value; the others are accepted', async () => {
    const parents = new Parents();
    parents.commit('call', [call(7, [{ id: 'sam@example.com' }, 'sam', { id: 3 }])]);
    const { records, batches } = await drain(parents.source('call_participant'));
    expect(records.map(({ id }) => id)).toEqual([3]);
    expect(batches[0]?.rejected.map(({ reason, place }) => [reason, place])).toEqual([
      ['id: expected number, got string', 'call 7 participants[0]'],
      ['not an object but string', 'call 7 participants[1]'],
    ]);
  });

  it('of a parent without a line do not affect others', async () => {
    const parents = new Parents();
    parents.commit('call', [call(1, [{ id: 1 }])]);
    parents.objects.get('raw/call/2026-03-01/1')?.push('5', '[{}]');
    expect((await drain(parents.source('call_participant'))).records).toHaveLength(1);
  });

  it('make batches of a bounded number of records, rounded up to the batch of the parent', async () => {
    const parents = new Parents();
    for (let i = 0; i < 5; i++)
      parents.commit('call', [
        call(
          i,
          Array.from({ length: 0.4 * BATCH_RECORDS }, (_, id) => ({ id })),
        ),
      ]);
    const { batches } = await drain(parents.source('call_participant'));
    expect(batches.map(({ taken }) => taken.length / BATCH_RECORDS)).toEqual([1.2, 0.8]);
  });

  it('are empty without new batches of the parents', async () => {
    const parents = new Parents();
    expect((await drain(parents.source('call_participant'))).end).toMatchObject({ more: false, completeTo: null });
    parents.commit('call', [call(1, [{ id: 1 }])]);
    const first = await drain(parents.source('call_participant'));
    const second = await drain(parents.source('call_participant'), first.position);
    expect(second.batches).toEqual([]);
    expect(second.position).toEqual(first.position);
  });

  it('are each read once, in the order of their parents, however often runs stop or crash and parents continue', async () => {
    const step = fc.record({
      calls: fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
      chats: fc.array(fc.nat({ max: 3 }), { maxLength: 2 }),
      steps: fc.integer({ min: 1, max: 4 }),
      crashes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const parents = new Parents();
        const expected: Record<string, number[]> = { call: [], chat: [] };
        const committed: Row[] = [];
        let next = 1;
        let position: unknown;
        const add = (endpoint: string, counts: number[]) => {
          if (counts.length === 0) return;
          const rows = counts.map((count, id) => ({
            ...call(id),
            photos: Array.from({ length: count }, () => ({ id: next++ })),
          }));
          expected[endpoint]?.push(...rows.flatMap(({ photos }) => photos.map(({ id }) => id)));
          parents.commit(endpoint, rows);
        };
        const run = async (most: number, crashes: boolean) => {
          let asked = 0;
          const iterator = parents.source('photo', () => ++asked >= most).batches(position);
          for (;;) {
            const { done, value } = await iterator.next();
            if (!done && crashes) return;
            position = JSON.parse(JSON.stringify(value.position ?? position ?? null)) ?? undefined;
            if (done) return;
            committed.push(...value.taken.filter(({ marker }) => !marker).map(({ record }) => record));
          }
        };
        for (const { calls, chats, steps: most, crashes } of steps) {
          add('call', calls);
          add('chat', chats);
          await run(most, crashes);
        }
        await run(Number.POSITIVE_INFINITY, false);
        for (const parent of ['call', 'chat'])
          expect(committed.filter(({ _parent_type }) => _parent_type === parent).map(({ id }) => id)).toEqual(
            expected[parent],
          );
      }),
    );
  });
});
