import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { RUN_METRICS } from '../../lambdas/runs/run-metric-names.ts';
import { listExpectedPlaces } from '../../lambdas/watch/expected-places.ts';
import { watchEventSchema } from '../../lambdas/watch/watch-event.ts';
import { WATCH_METRICS } from '../../lambdas/watch/watch-metric-names.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { findAnchors } from '../docs/markdown.ts';
import { type Datum, evaluateAlarm } from './alarm-rule.ts';
import { concrete } from './policy.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, resource, resources, synthesise, text } from './template.ts';

const { template } = synthesise({
  tenants: [ACME, { ...ACME, name: 'beta', requestsPerSecond: 4 }],
  alarmEmail: 'ops@example.com',
  curation: true,
  dailyQueueTotals: {},
});
const alarms = new Map<string, Json>(
  [...resources(template, 'AWS::CloudWatch::Alarm').values()].map((alarm) => [alarm.AlarmName, alarm]),
);
const [topicId] = resource(template, 'AWS::SNS::Topic');

const anchors = findAnchors(readFileSync('docs/operations.md', 'utf8'));

/** Whether CloudWatch would raise the alarm on these values of its only metric, one per period, oldest first; undefined: no data. */
function fires(alarm: Json, values: readonly (number | undefined)[]): boolean {
  const period = (alarm.Period ?? 900) * 1000;
  const [{ Value: of }] = alarm.Dimensions ?? [{ Value: '' }];
  const data = values.flatMap((value, index) =>
    value === undefined ? [] : [{ metric: String(alarm.MetricName), of: text(of), time: index * period, value }],
  );
  return evaluateAlarm(alarm, data, values.length * period, text);
}

const silence = Array<undefined>(48).fill(undefined);

describe.each([...alarms])('the alarm %s', (name, alarm) => {
  it('says what is wrong and links to a runbook that exists', () => {
    const [, says = '', anchor = ''] =
      /^(.+\.) Runbook: docs\/operations\.md#([\w-]+)$/.exec(alarm.AlarmDescription) ?? [];
    expect(says.length).toBeGreaterThan(20);
    expect(anchors).toContain(anchor);
    expect(name.endsWith(anchor.replace('endpoint-', ''))).toBe(true);
  });

  it('notifies the topic when it starts and when it ends', () => {
    expect([alarm.AlarmActions, alarm.OKActions]).toEqual([[{ Ref: topicId }], [{ Ref: topicId }]]);
  });

  it(`${name.endsWith('watch-stopped') ? 'fires' : 'does not fire'} without data`, () => {
    expect(fires(alarm, silence)).toBe(name.endsWith('watch-stopped'));
  });

  it('evaluates a period within the limit of CloudWatch', () => {
    const period = alarm.Period ?? alarm.Metrics.find(({ MetricStat }: Json) => MetricStat)?.MetricStat.Period;
    expect(period % 60).toBe(0);
    expect(period * alarm.EvaluationPeriods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 7 * 86_400);
  });
});

/** What runs beside the endpoints. */
const OTHERS = [
  ...['replay', 'backfill', 'curation', 'daily-queue-totals', 'audit'].map((name) => `ccaip-${name}-failed`),
  'ccaip-records-missing',
];

const OF_TENANT = [
  'behind',
  'no-new-records',
  'quarantine-growing',
  'quarantine-burst',
  'credential-refused',
  'budget-starved',
];
const OF_WATCH = ['watch-stopped', 'dead-letters', 'dead-letters-old', 'curation-behind'].map(
  (name) => `ccaip-${name}`,
);

it('the watch, every tenant and every other part has its alarms, and there are no others', () => {
  expect([...alarms.keys()].sort()).toEqual(
    [
      ...OF_WATCH,
      ...OTHERS,
      ...['acme', 'beta'].flatMap((tenant) => OF_TENANT.map((alarm) => `ccaip.${tenant}.${alarm}`)),
    ].sort(),
  );
});

it('every alarm has a row in the table of the runbooks', () => {
  const page = readFileSync('docs/operations.md', 'utf8');
  for (const name of alarms.keys())
    expect(page).toContain(`| \`${name.replace(/^ccaip\.(acme|beta)\./, 'ccaip.<tenant>.')}\` |`);
});

describe('the watch', () => {
  const event = (from: typeof template) => {
    const [, { Target }] = resource(from, 'AWS::Scheduler::Schedule', { Name: 'ccaip-watch' });
    return watchEventSchema.parse(JSON.parse(concrete(from, Target.Input)));
  };

  it('is told which tenants run what, and how often if it differs from the catalog', () => {
    const tenants = [
      ACME,
      { ...ACME, name: 'beta', endpoints: { menu: { enabled: false }, call: { everyMinutes: 60 } } },
    ];
    const { tenants: told } = event(synthesise({ tenants }).template);
    expect(told).toEqual({ acme: {}, beta: { menu: 0, call: 60 } });
    const places = listExpectedPlaces(told).filter(({ tenant }) => tenant === 'beta');
    expect(places).toHaveLength(ENDPOINTS.length - 1);
    expect(places.find(({ endpoint }) => endpoint === 'call')?.everyMinutes).toBe(60);
  });

  it('is told the curated tables and the other dead-letter queues that exist', () => {
    const { curated, queues, deployment } = event(template);
    expect(deployment).toBe('ccaip');
    expect(curated.map(({ table }) => table)).toEqual(listCuratedTables().map(({ name }) => name));
    expect(queues).toEqual(['ccaip-replay-failed', 'ccaip-daily-queue-totals-failed']);
    expect(event(synthesise().template)).toMatchObject({ curated: [], queues: ['ccaip-replay-failed'] });
  });

  it('is checked itself: an hour of missed or failed checks raises an alarm', () => {
    const alarm = alarms.get('ccaip-watch-stopped');
    const checks = (failed: number) =>
      Array.from({ length: 4 }, (_, index) => [
        { metric: 'Invocations', of: 'watch', time: index * 900_000, value: 1 },
        { metric: 'Errors', of: 'watch', time: index * 900_000, value: index < failed ? 1 : 0 },
      ]).flat();
    const isOn = (data: readonly Datum[]) => evaluateAlarm(alarm, data, 3_600_000, () => 'watch');
    expect([isOn(checks(0)), isOn(checks(3)), isOn(checks(4)), isOn([])]).toEqual([false, false, true, true]);
    expect(isOn(checks(0).filter(({ metric }) => metric === 'Invocations'))).toBe(false);
  });

  it('raises alarms at once, and ends them after two checks without a finding', () => {
    for (const name of [
      'ccaip-dead-letters',
      'ccaip-curation-behind',
      'ccaip.acme.behind',
      'ccaip.acme.no-new-records',
    ]) {
      const alarm = alarms.get(name);
      expect(Object.values(WATCH_METRICS)).toContain(alarm.MetricName);
      expect([fires(alarm, [1]), fires(alarm, [1, undefined]), fires(alarm, [1, undefined, undefined])]).toEqual([
        true,
        true,
        false,
      ]);
    }
    const old = alarms.get('ccaip-dead-letters-old');
    expect([fires(old, [86_400]), fires(old, [86_401])]).toEqual([false, true]);
  });
});

describe('a tenant', () => {
  const alarmOf = (name: string) => alarms.get(`ccaip.acme.${name}`);

  it('raises an alarm at once for a refused credential, and later for a rate that stays used up', () => {
    const [refused, starved] = [alarmOf('credential-refused'), alarmOf('budget-starved')];
    expect(refused).toMatchObject({ MetricName: RUN_METRICS.credentialRefused });
    expect(refused.Dimensions).toEqual([{ Name: 'tenant', Value: 'acme' }]);
    expect(fires(refused, [1])).toBe(true);
    expect([fires(starved, [1, undefined, 1]), fires(starved, [1, undefined, 1, 1])]).toEqual([false, true]);
  });

  it('raises an alarm for quarantine in three quarters of a day within a week, or for many records in an hour', () => {
    const [growing, burst] = [alarmOf('quarantine-growing'), alarmOf('quarantine-burst')];
    const week = (...quarters: number[]) =>
      Array.from({ length: 28 }, (_, n) => (quarters.includes(n) ? 1 : undefined));
    expect([fires(growing, week(0, 9)), fires(growing, week(0, 9, 27))]).toEqual([false, true]);
    expect([fires(burst, [20]), fires(burst, [21]), fires(burst, [21, undefined])]).toEqual([false, true, false]);
  });
});

describe('the other parts', () => {
  it.each(['replay', 'daily-queue-totals'])('raise an alarm for each event that arrives in the queue of %s', (name) => {
    const alarm = alarms.get(`ccaip-${name}-failed`);
    const [id] = resource(template, 'AWS::SQS::Queue', { QueueName: `ccaip-${name}-failed` });
    expect(alarm).toMatchObject({ MetricName: 'NumberOfMessagesSent', Statistic: 'Sum' });
    expect(text(alarm.Dimensions[0].Value)).toBe(`\${${id}.QueueName}`);
    expect([fires(alarm, [0]), fires(alarm, [1]), fires(alarm, [1, undefined])]).toEqual([false, true, false]);
  });

  it.each(['backfill', 'curation', 'audit'])(
    'raise an alarm for an execution of %s that failed or took too long',
    (name) => {
      const alarm = alarms.get(`ccaip-${name}-failed`);
      const [id] = resource(template, 'AWS::StepFunctions::StateMachine', { StateMachineName: `ccaip-${name}` });
      const asked = alarm.Metrics.flatMap(({ MetricStat }: Json) =>
        MetricStat === undefined ? [] : [[MetricStat.Metric.MetricName, text(MetricStat.Metric.Dimensions[0].Value)]],
      );
      expect(asked).toEqual(['ExecutionsFailed', 'ExecutionsTimedOut'].map((metric) => [metric, `\${${id}}`]));
      const ended = (metric: string, value: number) =>
        evaluateAlarm(alarm, [{ metric, of: 'machine', time: 0, value }], 3_600_000, () => 'machine');
      expect([ended('ExecutionsFailed', 0), ended('ExecutionsFailed', 1), ended('ExecutionsTimedOut', 1)]).toEqual([
        false,
        true,
        true,
      ]);
    },
  );

  it('have no alarm if they are switched off', () => {
    const { template: off } = synthesise({ audit: { enabled: false } });
    const names = [...resources(off, 'AWS::CloudWatch::Alarm').values()].map((each) => each.AlarmName);
    expect(names.filter((name) => OTHERS.includes(name))).toEqual(['ccaip-replay-failed', 'ccaip-backfill-failed']);
  });
});

it('synth says that alarms without a receiver have no receiver', () => {
  const warnings = synthesise({ curation: true }).annotations;
  expect(warnings).toEqual([expect.stringMatching(/^\d+ alarms have no receiver: set alarmEmail/)]);
  expect(Number.parseInt(warnings[0] ?? '', 10)).toBe(
    resources(synthesise({ curation: true }).template, 'AWS::CloudWatch::Alarm').size,
  );
  expect(synthesise({ curation: true, alarmEmail: 'ops@example.com' }).annotations).toEqual([]);
});

describe('the topic of the alarms', () => {
  it('sends e-mail only to the configured address', () => {
    expect(resource(template, 'AWS::SNS::Subscription')[1]).toMatchObject({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
      TopicArn: { Ref: topicId },
    });
    expect(resources(synthesise().template, 'AWS::SNS::Subscription').size).toBe(0);
  });

  it('accepts only messages from the alarms of this account over TLS', () => {
    const [, { PolicyDocument }] = resource(template, 'AWS::SNS::TopicPolicy');
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      {
        Sid: 'Alarms',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topicId },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });
});

describe('the dashboard', () => {
  const [, { DashboardBody, DashboardName }] = resource(template, 'AWS::CloudWatch::Dashboard');
  const body = JSON.parse(text(DashboardBody));
  const titled = (title: string) => body.widgets.find(({ properties }: Json) => properties.title?.startsWith(title));

  it('has the name of the deployment', () => expect(DashboardName).toBe('ccaip'));

  it.each(['Errors', 'Dead letters', 'Longest run'])('shows a line of every endpoint for: %s', (title) => {
    const labels = titled(title).properties.metrics.map((metric: Json[]) => metric.at(-1).label);
    expect(labels).toEqual(ENDPOINTS.map(({ name }) => name));
  });

  it.each(['Records taken', 'Records in quarantine', 'Requests', 'Answers 429'])(
    'shows a line of every tenant for: %s',
    (title) => {
      const metrics = titled(title).properties.metrics.map((metric: Json[]) => [metric[2], metric[3]]);
      expect(metrics).toEqual(['acme', 'beta'].map((tenant) => ['tenant', tenant]));
    },
  );

  it('shows how much of its request rate each tenant uses', () => {
    const shown = titled('Budget use').properties.metrics.flatMap(([first]: Json[]) =>
      first.expression === undefined ? [] : [first],
    );
    expect(shown.map(({ label, expression }: Json) => [label, expression.split('/').at(-1).trim()])).toEqual([
      ['acme', '8'],
      ['beta', '4'],
    ]);
  });

  it.each(['Lambda', 'DynamoDB', 'S3', 'Athena'])('shows what drives the cost of %s', (service) => {
    expect(titled(`${service}:`).properties.metrics.length).toBeGreaterThan(0);
  });

  it('shows the alarms of the deployment, and which tenants are behind, within the limit of a widget', () => {
    const shown = titled('Alarms').properties.alarms;
    expect(shown).toHaveLength(OF_WATCH.length + OTHERS.length + 2);
    expect(concrete(template, shown.at(-1))).toMatch(/:alarm:ccaip\.beta\.behind$/);
    expect(OF_WATCH.length + OTHERS.length + 50).toBeLessThanOrEqual(100);
  });

  it('shows the latest audits and the records that are missing, if there are audits', () => {
    const { query } = titled('Latest audit').properties;
    expect(query).toContain("SOURCE '");
    for (const field of ['proven', 'missing', 'healed', 'requests']) expect(query).toContain(field);
    expect(titled('Records missing').properties.metrics[0].slice(0, 2)).toEqual(['ccaip', 'MissingRecords']);
    const { template: off } = synthesise({ audit: { enabled: false } });
    expect(text(resource(off, 'AWS::CloudWatch::Dashboard')[1].DashboardBody)).not.toContain('MissingRecords');
  });

  it.each(['Latest run', 'Lag'])('reads from the log of every function: %s', (title) => {
    const { query } = titled(title).properties;
    expect(query.match(/SOURCE/g)).toHaveLength(ENDPOINTS.length);
    const fields = title === 'Lag' ? ['lagSeconds'] : ['lagSeconds', 'records', 'throttled', 'quarantined'];
    for (const field of fields) expect(query).toContain(field);
  });
});
