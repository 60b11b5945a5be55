import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../local/warehouse/json-values.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters, listUsedParameters } from '../../sql/queries/parameters.ts';
import { withLake } from './lake-of-lines.ts';

const queries = await loadNamedQueries();

const query = {
  name: 'sample',
  template:
    'SELECT {{from}} AS a, {{dt from-1}} AS b, {{dt to+1}} AS c, {{zone}} AS d, {{rows}} AS e, {{tenant}} AS f, {{step}} AS g, {{side}} AS h',
  parameters: [
    { name: 'from', type: 'date', default: 'today-29', doc: 'First day.' },
    { name: 'to', type: 'date', default: 'today', doc: 'Last day.' },
    { name: 'zone', type: 'zone', default: 'UTC', doc: 'Zone.' },
    { name: 'rows', type: 'whole', default: '20', doc: 'Number of rows.' },
    { name: 'tenant', type: 'pattern', default: '%', doc: 'Tenants.' },
    { name: 'step', type: '15|30', default: '30', doc: 'Minutes.' },
    { name: 'side', type: 'in|out', default: 'in', doc: 'Side.' },
  ],
};

describe('parameters', () => {
  it("have defaults that move with the engine's date", () => {
    expect(fillParameters(query)).toBe(
      "SELECT date_add('day', -29, current_date) AS a, date_format(date_add('day', -30, current_date), '%Y-%m-%d') AS b, date_format(date_add('day', 1, current_date), '%Y-%m-%d') AS c, 'UTC' AS d, 20 AS e, '%' AS f, 30 AS g, 'in' AS h",
    );
  });

  it('replace the defaults, with days relative to the given today', () => {
    const given = {
      from: '2026-03-01',
      to: 'today-1',
      zone: 'Europe/Berlin',
      rows: '007',
      tenant: "a'b",
      step: '15',
      side: 'out',
    };
    expect(fillParameters(query, given, '2026-03-04')).toBe(
      "SELECT DATE '2026-03-01' AS a, '2026-02-28' AS b, '2026-03-04' AS c, 'Europe/Berlin' AS d, 7 AS e, 'a''b' AS f, 15 AS g, 'out' AS h",
    );
  });

  it('move a day by the value of another', () => {
    const moved = { ...query, template: '{{dt from-1-rows}} {{dt to+rows}} {{step}}' };
    expect(fillParameters(moved, { from: '2026-03-01', rows: '2' }, '2026-03-04')).toBe("'2026-02-26' '2026-03-06' 30");
    expect([...listUsedParameters(moved.template)]).toEqual(['from', 'rows', 'to', 'step']);
    expect(() => fillParameters({ ...query, template: '{{dt from-days}}' })).toThrow('{{days}}');
  });

  it('can be words, which become texts', () => {
    const words = {
      ...query,
      template: '{{who}}',
      parameters: [{ name: 'who', type: 'in|out', default: 'in', doc: 'Who.' }],
    };
    expect(fillParameters(words, { who: 'out' })).toBe("'out'");
  });

  it.each([
    [
      { from: '2026-02-30' },
      'parameter from (First day): give a date like 2026-11-02, or today or today-7, not "2026-02-30"',
    ],
    [{ from: "2026-02-01' OR true" }, 'give a date'],
    [{ zone: 'Mars/Base' }, 'parameter zone (Zone): give a time zone like UTC or Europe/Berlin, not "Mars/Base"'],
    [{ zone: '+02:00' }, 'give a time zone'],
    [{ rows: '-1' }, 'give a whole number from 0 on, not "-1"'],
    [{ rows: '1; DROP' }, 'give a whole number'],
    [{ step: '20' }, 'parameter step (Minutes): give one of 15, 30, not "20"'],
    [{ side: "in' OR true" }, 'parameter side (Side): give one of in, out'],
    [{ nope: '1' }, 'sample has no parameter "nope". It has from, to, zone, rows, tenant, step, side'],
  ])('are refused with a reason: %j', (given, reason) => {
    expect(() => fillParameters(query, given as Record<string, string>)).toThrow(reason);
  });
});

describe.each(queries)('$name', ({ template, parameters, question, sql }) => {
  it('states its question and declares exactly the parameters it uses', () => {
    expect(question).toMatch(/\?$/);
    const used = listUsedParameters(template);
    expect(parameters.map(({ name }) => name).sort()).toEqual([...used].sort());
    expect(sql).not.toContain('{{');
  });
});

it('every named query runs over an empty lake with its defaults', async () => {
  const answers = await withLake({}, async (folder) => {
    await using warehouse = await openWarehouse(folder, { threads: 1 });
    const rows: [string, JsonValue][] = [];
    for (const { name, sql } of queries) rows.push([name, (await warehouse.query(sql)).rows]);
    return rows;
  });
  expect(answers).toEqual(queries.map(({ name }) => [name, []]));
});

it('the questions are these', () => {
  expect(queries.map(({ name }) => name)).toEqual([
    'abandon-reasons',
    'agent-day',
    'api-and-portal',
    'arrivals',
    'call-history',
    'calls-without-ticket',
    'chat-response-times',
    'conferences',
    'coverage',
    'daily-queue-totals',
    'data-freshness',
    'drift',
    'first-call-resolution',
    'handle-time-by-agent',
    'handle-time-by-queue',
    'handle-time-by-team',
    'ivr-containment',
    'key-figures',
    'longest-calls',
    'longest-waits',
    'metric-quality',
    'occupancy',
    'occupancy-by-agent',
    'photos-and-videos',
    'plausibility',
    'portal-agent-activity-summary',
    'portal-agent-activity-timeline',
    'portal-agent-interaction-summary',
    'portal-agent-interactions',
    'portal-campaign-detailed',
    'portal-campaign-disposition',
    'portal-campaign-summary',
    'portal-handled-interactions',
    'portal-performance-agents',
    'portal-performance-queues',
    'portal-performance-types',
    'portal-queue-summary-all',
    'portal-queue-summary-distinct',
    'portal-queued-interactions',
    'portal-virtual-agent-detail',
    'portal-virtual-agent-escalations',
    'portal-virtual-agent-summary',
    'portal-voicemail-details',
    'quarantine',
    'service-level',
    'service-level-by-day',
    'team-roll-up',
    'time-on-duty',
    'transfer-flow',
    'transfer-rate',
    'transfers',
    'wait-percentiles',
  ]);
});
