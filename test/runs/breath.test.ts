import { describe, expect, it } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { S3Objects } from '../../lambdas/aws/s3-objects.ts';
import { encodeLines, Lake } from '../../lambdas/lake/lake.ts';
import type { Taken } from '../../lambdas/lake/lake-records.ts';
import { writeBatch } from '../../lambdas/lake/write-batch.ts';
import type { MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { MetricsWriter } from '../../lambdas/metrics/metrics-writer.ts';
import type { SourceBatch } from '../../lambdas/sources/source.ts';
import { s3Over } from '../support/s3-over.ts';

const AT = '2026-03-02T12:00:00.000Z';

function takenCall(id: number): Taken {
  const record = { id, created_at: AT, updated_at: AT };
  return { record, json: JSON.stringify(record), dt: AT.slice(0, 10), extractedAt: AT };
}

/** Writes a batch of calls. @returns how many items were put at each pause */
async function breathsOf(calls: number): Promise<number[]> {
  const endpoint = findEndpoint('call');
  if (endpoint === undefined) throw new Error('no calls');
  let put = 0;
  const breaths: number[] = [];
  const breathe = async () => {
    breaths.push(put);
  };
  const table = {
    put: async () => {
      put += 1;
      return true;
    },
  };
  const batch: SourceBatch = {
    taken: Array.from({ length: calls }, (_, i) => takenCall(i + 1)),
    rejected: [],
    extractedAt: AT,
    position: null,
    cursor: AT,
    from: AT,
    to: AT,
  };
  const metrics = new MetricsWriter({
    table: table as unknown as MetricsTable,
    tenant: 'acme',
    effects: { sleep: async () => undefined, random: () => 0 },
    timeLeft: () => 900_000,
    keepAlive: async () => undefined,
  });
  await writeBatch(
    {
      endpoint,
      tenant: 'acme',
      run: 'a-run',
      lake: new Lake(s3Over({ send: async () => ({}) }), 'lake'),
      metrics,
      effects: { breathe },
    },
    batch,
    1,
  );
  expect(put).toBe(calls);
  return breaths;
}

describe('requests that are due go out', () => {
  it('while a batch is computed: at every hundred calls, before an item is put', async () => {
    const few = await breathsOf(99);
    const many = await breathsOf(1_000);
    expect(many.length - few.length).toBe(10);
    expect(new Set(many)).toEqual(new Set([0]));
  });

  it('while an object is compressed: another thread does it', async () => {
    const sent: unknown[] = [];
    const client = { send: async (command: unknown) => void sent.push(command) };
    const objects = new S3Objects(client as unknown as S3Objects['client']);
    const written = objects.putGzip('lake', 'raw/a', encodeLines(['{"id":1}']), 'application/x-ndjson');
    // all that this thread does before it looks at what other threads have done
    for (let i = 0; i < 100; i++) await undefined;
    expect(sent).toEqual([]);
    expect(await written).toBeGreaterThan(0);
    expect(sent).toHaveLength(1);
  });
});
