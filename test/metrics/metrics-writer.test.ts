import { describe, expect, it } from 'vitest';
import { TransientError } from '../../lambdas/common/errors.ts';
import { type MetricsItem, metricsItem } from '../../lambdas/metrics/metrics-item.ts';
import type { MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { MetricsWriter } from '../../lambdas/metrics/metrics-writer.ts';
import { type SegmentedCall, segmentCall } from '../../lambdas/segments/segment-record.ts';
import { call, DAY, NOW } from '../runs/run-world.ts';

const version = (id: number, changes: Record<string, unknown> = {}): SegmentedCall =>
  segmentCall({ record: call(id, 60, changes), dt: DAY, extractedAt: NOW });

const failure = (name: string) => Object.assign(new Error(name), { name });

/** A table that refuses the first writes, and a clock that only pauses move. */
function setup(refusals: readonly string[], timeLeft = 600_000) {
  const left = [...refusals];
  const written: MetricsItem[] = [];
  const time = { left: timeLeft, pauses: 0, keptAlive: 0 };
  const table = {
    name: 'ccaip-metrics',
    put: async (item: MetricsItem) => {
      const refusal = left.shift();
      if (refusal !== undefined) throw failure(refusal);
      written.push(item);
      return true;
    },
  };
  const writer = new MetricsWriter({
    table: table as unknown as MetricsTable,
    tenant: 'acme',
    effects: {
      breathe: async () => undefined,
      random: () => 0.5,
      sleep: async (milliseconds) => {
        time.pauses += 1;
        time.left -= milliseconds;
      },
    },
    timeLeft: () => time.left,
    keepAlive: async () => {
      time.keptAlive += 1;
    },
  });
  return { writer, written, time };
}

describe('writing the items of calls', () => {
  it('writes the newest version of each call once, whatever the order of the versions', async () => {
    const versions = [
      version(1, { updated_at: '2026-03-02T11:10:00.000Z' }),
      version(1, { updated_at: '2026-03-02T11:30:00.000Z', status: 'failed' }),
      version(2),
      version(1, { updated_at: '2026-03-02T11:20:00.000Z' }),
    ];
    for (const arriving of [versions, versions.toReversed()]) {
      const { writer, written } = setup([]);
      await writer.write(arriving);
      expect(written.map(({ call_key }) => call_key).sort()).toEqual(['acme#1', 'acme#2']);
      expect(written.find(({ call_key }) => call_key === 'acme#1')).toEqual(
        metricsItem('acme', versions[1] ?? version(0)),
      );
    }
  });

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'goes on after %s until every item is written, and keeps the lease meanwhile',
    async (name) => {
      const { writer, written, time } = setup(Array.from({ length: 100 }, () => name));
      await writer.write(Array.from({ length: 40 }, (_, id) => version(id)));
      expect(new Set(written.map(({ call_key }) => call_key)).size).toBe(40);
      expect(time).toMatchObject({ pauses: 100, keptAlive: 100 });
    },
  );

  it('ends in time when the throttling does not: the batch is not committed, and the operator is told', async () => {
    const { writer, time } = setup(Array.from({ length: 10_000 }, () => 'ThrottlingException'));
    const error: unknown = await writer.write([version(1)]).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toContain('table ccaip-metrics is throttled (ThrottlingException)');
    expect(time.left).toBeGreaterThanOrEqual(30_000);
  });

  it('does not wait for what does not pass', async () => {
    const { writer, time } = setup(['AccessDeniedException']);
    await expect(writer.write([version(1)])).rejects.toThrow('AccessDeniedException');
    expect(time.pauses).toBe(0);
  });
});
