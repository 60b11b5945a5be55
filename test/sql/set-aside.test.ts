import { describe, expect, it } from 'vitest';
import { at, DAY, objectKey, origin, sequence, useLake } from './lake-of-lines.ts';

const ask = useLake();

describe('quarantine', () => {
  const rejected = (record: unknown, reason: string) => ({
    reason,
    record,
    place: '/calls row 3',
    run: 'run-1',
    ...origin('10:00', 4),
  });

  it('has every quarantined record with reason, place, run and its original text', async () => {
    const record = { id: null, text: 'a "b" \\ \n c', list: [1, { deep: true }] };
    const rows = await ask(
      {
        [objectKey('quarantine/call', 4)]: [rejected(record, 'id is no integer')],
        [objectKey('quarantine/agent', 4, { tenant: 'beta' })]: [
          rejected('no object', 'not an object'),
          rejected(null, 'null'),
        ],
      },
      'SELECT * FROM quarantine ORDER BY endpoint DESC, reason',
    );
    expect(rows.map(({ record: text, ...row }) => ({ ...row, record: JSON.parse(String(text)) }))).toEqual([
      {
        endpoint: 'call',
        tenant: 'acme',
        dt: DAY,
        reason: 'id is no integer',
        place: '/calls row 3',
        run: 'run-1',
        record,
        range_from: null,
        range_until: null,
        first_seen: at('10:00'),
        last_seen: at('10:00'),
        tries: 1,
        is_cleared: false,
        requeued_at: null,
        extracted_at: at('10:00'),
        batch: sequence(4),
      },
      expect.objectContaining({ endpoint: 'agent', tenant: 'beta', reason: 'not an object', record: 'no object' }),
      expect.objectContaining({ endpoint: 'agent', tenant: 'beta', reason: 'null', record: null }),
    ]);
  });

  it('has a record as often as it was read', async () => {
    const record = rejected({ id: 'x' }, 'id is no integer');
    const rows = await ask(
      { [objectKey('quarantine/call', 4)]: [record, record], [objectKey('quarantine/call', 5)]: [record] },
      'SELECT count(*) AS records FROM quarantine',
    );
    expect(rows).toEqual([{ records: 3 }]);
  });
});

describe('an unreadable record', () => {
  const range = (from: string, until: string) => ({ range: { from: at(from), until: at(until) } });
  const noted = {
    reason: 'unreadable: answered 500',
    record: null,
    place: '/calls from 2026-03-02T09:00:00.000Z record 7',
    run: 'run-1',
    entry: 'u',
    ...range('09:00', '09:10'),
    ...origin('10:00', 4),
  };
  const tried = (time: string, tries: number, batch: number, changes = {}) => ({
    entry: 'u',
    tried_at: at(time),
    tries,
    run: `run-${batch}`,
    ...range('09:00', '09:10'),
    ...origin(time, batch),
    ...changes,
  });

  it('has its range, when it was first and last seen, the attempts, and whether it was cleared', async () => {
    const sql =
      'SELECT endpoint, tenant, place, reason, range_from, range_until, first_seen, last_seen, tries, is_cleared FROM quarantine ORDER BY place';
    const expected = {
      endpoint: 'call',
      tenant: 'acme',
      place: noted.place,
      reason: noted.reason,
      range_from: at('08:50'),
      range_until: at('09:10'),
      first_seen: at('10:00'),
      last_seen: at('12:00'),
      tries: 4,
      is_cleared: false,
    };
    const other = { ...noted, entry: 'v', place: 'z', ...origin('10:00', 4) };
    const lake = {
      [objectKey('quarantine/call', 4)]: [noted, other],
      [objectKey('quarantine/call', 5)]: [tried('11:00', 2, 5)],
      [objectKey('quarantine/call', 6)]: [tried('12:00', 4, 6, range('08:50', '09:05'))],
      [objectKey('quarantine/chat', 6)]: [tried('13:00', 8, 6)],
    };
    const rows = await ask(lake, sql);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(expected);
    expect(rows[1]).toMatchObject({ place: 'z', tries: 1, last_seen: at('10:00'), range_from: at('09:00') });
    const cleared = { entry: 'u', requeued_at: at('13:00'), run: 'run-7', ...origin('13:00', 7) };
    const after = await ask({ ...lake, [objectKey('quarantine/call', 7)]: [cleared] }, sql);
    expect(after[0]).toEqual({ ...expected, is_cleared: true });
  });
});

describe('a requeued record', () => {
  const entry = (name: string, changes = {}) => ({
    reason: 'id is no integer',
    record: { id: 1 },
    place: '/calls row 3',
    run: 'run-1',
    entry: name,
    ...origin('10:00', 4),
    ...changes,
  });
  const mark = { entry: 'b', requeued_at: at('12:00'), run: 'replay-1', ...origin('12:00', 7) };

  it('has the time of its requeue, stays one row and leaves other records open', async () => {
    const rows = await ask(
      {
        [objectKey('quarantine/call', 4)]: [entry('a'), entry('b'), entry('c', { entry: undefined })],
        [objectKey('quarantine/call', 7)]: [mark],
        [objectKey('quarantine/call', 4, { tenant: 'beta' })]: [entry('b')],
        [objectKey('quarantine/chat', 4)]: [entry('b')],
      },
      'SELECT endpoint, tenant, requeued_at, count(*) AS n FROM quarantine GROUP BY ALL ORDER BY ALL',
    );
    expect(rows).toEqual([
      { endpoint: 'call', tenant: 'acme', requeued_at: at('12:00'), n: 1 },
      { endpoint: 'call', tenant: 'acme', requeued_at: null, n: 2 },
      { endpoint: 'call', tenant: 'beta', requeued_at: null, n: 1 },
      { endpoint: 'chat', tenant: 'acme', requeued_at: null, n: 1 },
    ]);
  });
});

describe('drift', () => {
  const change = (path: string, time: string, batch: number, { what = 'new_key', example = 'string' } = {}) => {
    const from = origin(time, batch);
    return { path, what, example, first_seen: from._extracted_at, run: `run-${batch}`, ...from };
  };
  const DRIFT = 'SELECT endpoint, tenant, path, what, example, run FROM drift ORDER BY ALL';

  it('has every change with time, place and run', async () => {
    const rows = await ask(
      {
        [objectKey('drift/call', 4)]: [
          change('transfers[].status', '10:00', 4, { what: 'new_value', example: 'say "hi" \\ 😀' }),
        ],
      },
      'SELECT * FROM drift',
    );
    expect(rows).toEqual([
      {
        endpoint: 'call',
        tenant: 'acme',
        dt: DAY,
        path: 'transfers[].status',
        what: 'new_value',
        example: 'say "hi" \\ 😀',
        first_seen: at('10:00'),
        run: 'run-4',
        extracted_at: at('10:00'),
        batch: sequence(4),
      },
    ]);
  });

  it('has one row with the first time for a change that was journalled twice, even over midnight', async () => {
    const rows = await ask(
      {
        [objectKey('drift/call', 4, { dt: '2026-03-03' })]: [change('topic', '2026-03-03T00:01:00.000Z', 4)],
        [objectKey('drift/call', 3)]: [change('topic', '23:59', 3), change('topic', '23:59', 3)],
      },
      'SELECT dt, path, first_seen, run, extracted_at, batch FROM drift',
    );
    expect(rows).toEqual([
      { dt: DAY, path: 'topic', first_seen: at('23:59'), run: 'run-3', extracted_at: at('23:59'), batch: sequence(3) },
    ]);
  });

  it('distinguishes changes by endpoint, tenant, path, kind and example', async () => {
    const line = change('a', '10:00', 1);
    const rows = await ask(
      {
        [objectKey('drift/call')]: [
          line,
          change('b', '10:00', 1),
          change('a', '10:00', 1, { what: 'new_type' }),
          change('a', '10:00', 1, { what: 'new_type', example: 'null' }),
        ],
        [objectKey('drift/chat')]: [line],
        [objectKey('drift/call', 1, { tenant: 'beta' })]: [line],
      },
      DRIFT,
    );
    expect(rows.map((row) => Object.values(row).join(' '))).toEqual([
      'call acme a new_key string run-1',
      'call acme a new_type null run-1',
      'call acme a new_type string run-1',
      'call acme b new_key string run-1',
      'call beta a new_key string run-1',
      'chat acme a new_key string run-1',
    ]);
  });
});
