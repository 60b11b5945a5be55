import { describe, expect, it } from 'vitest';
import { at, DAY, objectKey, origin, sequence, useLake } from './lake-of-lines.ts';

const ask = useLake();

const call = (changed: string | null, status: string, from: Readonly<Record<string, unknown>>, id: unknown = 7) => ({
  id,
  status,
  created_at: at('09:00'),
  updated_at: changed === null || changed.includes('T') ? changed : at(changed),
  ...from,
});

const NEWEST = 'SELECT id, status FROM call ORDER BY id, status';

describe('a tail shows of each record', () => {
  it('the version that changed last, whatever the order of the versions', async () => {
    const rows = await ask(
      {
        [objectKey('raw/call', 1)]: [
          call('09:05', 'newest', origin('09:06', 1)),
          call('09:01', 'old', origin('09:06', 1)),
        ],
        // an old version that comes late
        [objectKey('raw/call', 2)]: [call('09:03', 'late', origin('12:00', 2))],
      },
      NEWEST,
    );
    expect(rows).toEqual([{ id: 7, status: 'newest' }]);
  });

  it('compares times, not texts: with an offset and without milliseconds', async () => {
    const rows = await ask(
      {
        [objectKey('raw/call', 1)]: [
          { id: 7, status: 'newest', updated_at: '2026-03-02T08:30:00-02:00', ...origin('11:06') },
          { id: 7, status: 'old', updated_at: '2026-03-02T10:29:59.999Z', ...origin('11:07') },
          { id: 8, status: 'old', updated_at: '2026-03-02T10:00:00Z', ...origin('11:07') },
          { id: 8, status: 'newest', updated_at: '2026-03-02T10:00:00.500Z', ...origin('11:06') },
        ],
      },
      NEWEST,
    );
    expect(rows).toEqual([
      { id: 7, status: 'newest' },
      { id: 8, status: 'newest' },
    ]);
  });

  it('of versions with the same time of change, the one of the last batch, whatever its time of reading', async () => {
    const rows = await ask(
      {
        [objectKey('raw/call', 10)]: [call('09:05', 'tenth', origin('09:06', 10))],
        [objectKey('raw/call', 9)]: [call('09:05', 'ninth', origin('2026-03-05T09:06:00.000Z', 9))],
      },
      NEWEST,
    );
    expect(rows).toEqual([{ id: 7, status: 'tenth' }]);
  });

  it('of versions of one batch, the one that was read last', async () => {
    const rows = await ask(
      {
        [objectKey('raw/call', 2)]: [
          call('09:05', 'second', origin('09:07', 2)),
          call('09:05', 'first', origin('09:06', 2)),
        ],
      },
      NEWEST,
    );
    expect(rows).toEqual([{ id: 7, status: 'second' }]);
  });

  it('every later state of a record that once changed in the future, and of none that changed in the past', async () => {
    const inFuture = (status: string, from: ReturnType<typeof origin>, id: number) =>
      call('2026-03-09T00:00:00.000Z', status, from, id);
    const rows = await ask(
      {
        [objectKey('raw/call', 1)]: [
          inFuture('old', origin('09:00', 1), 7),
          inFuture('old', origin('09:00', 1), 8),
          inFuture('newest', origin('09:30', 1), 9),
        ],
        [objectKey('raw/call', 2)]: [
          call('09:10', 'newest', origin('09:11', 2), 7),
          inFuture('newest', origin('09:11', 2), 8),
          call('09:05', 'late', origin('12:00', 2), 9),
        ],
      },
      NEWEST,
    );
    expect(rows).toEqual([7, 8, 9].map((id) => ({ id, status: 'newest' })));
  });

  it('a version with a time of change rather than one without', async () => {
    const without = { id: 8, status: 'without', ...origin('11:00', 2) };
    const rows = await ask(
      {
        [objectKey('raw/call', 1)]: [
          call(null, 'null', origin('11:00', 2)),
          call('09:05', 'known', origin('09:06')),
          { ...call('09:05', 'garbage', origin('11:00', 2)), updated_at: 'yesterday' },
          without,
          { ...without, status: 'read later', ...origin('11:01', 3) },
        ],
      },
      NEWEST,
    );
    expect(rows).toEqual([
      { id: 7, status: 'known' },
      { id: 8, status: 'read later' },
    ]);
  });

  it('one row if a batch was written twice', async () => {
    const version = call('09:05', 'once', origin('09:06'));
    const rows = await ask(
      { [objectKey('raw/call', 1)]: [version, version], [objectKey('raw/call', 2)]: [version] },
      NEWEST,
    );
    expect(rows).toEqual([{ id: 7, status: 'once' }]);
  });

  it('keeps tenants apart: ids are unique within one only', async () => {
    const rows = await ask(
      {
        [objectKey('raw/call', 1)]: [call('09:05', 'of acme', origin('09:06'))],
        [objectKey('raw/call', 1, { tenant: 'beta' })]: [call('09:01', 'of beta', origin('09:02'))],
      },
      'SELECT tenant, dt, status FROM call ORDER BY tenant',
    );
    expect(rows).toEqual([
      { tenant: 'acme', dt: DAY, status: 'of acme' },
      { tenant: 'beta', dt: DAY, status: 'of beta' },
    ]);
  });
});

it('a status that was open and is closed later is one row, the closed one', async () => {
  const open = { id: 1, agent_id: 5, started_at: at('09:00'), ended_at: null };
  const rows = await ask(
    {
      [objectKey('raw/agent_status_history', 2)]: [{ ...open, ended_at: at('09:10'), ...origin('09:15', 2) }],
      [objectKey('raw/agent_status_history', 1)]: [{ ...open, ...origin('09:05', 1) }],
    },
    'SELECT id, ended_at, extracted_at, batch FROM agent_status_history',
  );
  expect(rows).toEqual([{ id: 1, ended_at: at('09:10'), extracted_at: at('09:15'), batch: sequence(2) }]);
});

describe('a history', () => {
  const objects = {
    [objectKey('raw/call', 3)]: [
      call('09:01', 'queued', origin('09:20', 3)),
      call('09:05', 'over', origin('09:20', 3)),
    ],
    [objectKey('raw/call', 1)]: [
      call('09:01', 'queued', origin('09:02', 1)),
      call('09:01', 'other', origin('09:02', 1), 8),
    ],
  };

  it('has every version once, as of its first reading', async () => {
    const rows = await ask(objects, 'SELECT id, status, extracted_at, batch FROM call_history ORDER BY id, updated_at');
    expect(rows).toEqual([
      { id: 7, status: 'queued', extracted_at: at('09:02'), batch: sequence(1) },
      { id: 7, status: 'over', extracted_at: at('09:20'), batch: sequence(3) },
      { id: 8, status: 'other', extracted_at: at('09:02'), batch: sequence(1) },
    ]);
  });

  it('shows what was known at a time', async () => {
    const rows = await ask(
      objects,
      `SELECT id, max_by(status, extracted_at) AS status FROM call_history
       WHERE extracted_at <= TIMESTAMP '2026-03-02 09:10:00' GROUP BY id ORDER BY id`,
    );
    expect(rows).toEqual([
      { id: 7, status: 'queued' },
      { id: 8, status: 'other' },
    ]);
  });

  it('keeps versions apart that differ only in a key without a column', async () => {
    const rows = await ask(
      {
        [objectKey('raw/chat', 1)]: [
          { id: 1, updated_at: at('09:00'), extra: { new: 1 }, ...origin('09:01') },
          { id: 1, updated_at: at('09:00'), extra: { new: 2 }, ...origin('09:02', 2) },
        ],
      },
      'SELECT count(*) AS versions FROM chat_history',
    );
    expect(rows).toEqual([{ versions: 2 }]);
  });
});

describe('call_segments shows of each call', () => {
  const record = (changed: string | null, rules: number, talk: number, from: Readonly<Record<string, unknown>>) => ({
    call_id: 7,
    updated_at: changed === null ? null : at(changed),
    talk_time: talk,
    talk_time_status: 'ok',
    metrics_version: rules,
    ...from,
  });
  const newest = async (...lines: Record<string, unknown>[]) => {
    const half = Math.ceil(lines.length / 2);
    return ask(
      { [objectKey('segments', 1)]: lines.slice(0, half), [objectKey('segments', 2)]: lines.slice(half) },
      'SELECT call_id, talk_time FROM call_segments',
    );
  };

  it('the metrics of the version that changed last', async () => {
    const rows = await newest(record('09:05', 1, 20, origin('09:06')), record('09:01', 2, 10, origin('10:00', 2)));
    expect(rows).toEqual([{ call_id: 7, talk_time: 20 }]);
  });

  it('of one version the metrics of the last batch and reading, of those the ones by the newest rules', async () => {
    const rows = await newest(
      record('09:05', 12, 10, origin('09:09', 1)),
      record('09:05', 11, 20, origin('09:06', 2)),
      record('09:05', 9, 30, origin('09:07', 2)),
      record('09:05', 10, 40, origin('09:07', 2)),
      record(null, 13, 50, origin('10:00', 3)),
    );
    expect(rows).toEqual([{ call_id: 7, talk_time: 40 }]);
  });

  it('every metric with its status, the anomalies and the segments', async () => {
    const rows = await ask(
      {
        [objectKey('segments')]: [
          {
            ...record('09:05', 1, 12.345, origin('09:06')),
            queue_id: 3,
            queue_name: 'Sales',
            settled_after: null,
            hold_time: null,
            hold_time_status: 'not_applicable',
            anomalies: ['clock'],
            segments: [{ kind: 'talk', seconds: 12.345 }],
          },
        ],
      },
      `SELECT queue_id, queue_name, settled_after, talk_time, talk_time_status, hold_time, hold_time_status,
         anomalies, segments, metrics_version FROM call_segments`,
    );
    expect(rows).toEqual([
      {
        queue_id: 3,
        queue_name: 'Sales',
        settled_after: null,
        talk_time: 12.345,
        talk_time_status: 'ok',
        hold_time: null,
        hold_time_status: 'not_applicable',
        anomalies: '["clock"]',
        segments: '[{"kind":"talk","seconds":12.345}]',
        metrics_version: 1,
      },
    ]);
  });
});
