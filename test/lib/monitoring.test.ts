import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { RUN_METRICS } from '../../lambdas/runs/run-metric-names.ts';
import { findAnchors } from '../docs/markdown.ts';
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

/** Whether CloudWatch would raise the alarm on these values, one per period, oldest first; undefined: no data. */
function fires(alarm: Json, values: readonly (number | undefined)[]): boolean {
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, ComparisonOperator, Threshold } = alarm;
  const isBreaching = (value: number | undefined) =>
    value === undefined
      ? alarm.TreatMissingData === 'breaching'
      : ComparisonOperator === 'GreaterThanThreshold'
        ? value > Threshold
        : value < Threshold;
  return values.slice(-EvaluationPeriods).filter(isBreaching).length >= DatapointsToAlarm;
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

  it(`${name.endsWith('no-schedule-runs') ? 'fires' : 'does not fire'} without data`, () => {
    expect(fires(alarm, silence)).toBe(name.endsWith('no-schedule-runs'));
  });

  it('evaluates a period within the limit of CloudWatch', () => {
    const period = alarm.Period ?? alarm.Metrics.find(({ MetricStat }: Json) => MetricStat)?.MetricStat.Period;
    expect(period % 60).toBe(0);
    expect(period * alarm.EvaluationPeriods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 7 * 86_400);
  });
});

/** What runs beside the endpoints. */
const OTHERS = ['replay', 'backfill', 'curation', 'daily-queue-totals'].map((name) => `ccaip-${name}-failed`);

it('every endpoint, every tenant and every other part has its alarms, and there are no others', () => {
  expect([...alarms.keys()].sort()).toEqual(
    [
      'ccaip-no-schedule-runs',
      ...OTHERS,
      ...ENDPOINTS.flatMap(({ name }) =>
        ['behind', 'dead-letters', 'quarantine-growing'].map((alarm) => `ccaip-${name}-${alarm}`),
      ),
      ...['acme', 'beta'].flatMap((tenant) => [`ccaip.${tenant}.credential-refused`, `ccaip.${tenant}.budget-starved`]),
    ].sort(),
  );
});

it('an endpoint that no tenant runs has no alarm', () => {
  const { template: without } = synthesise({ tenants: [{ ...ACME, endpoints: { menu: { enabled: false } } }] });
  const names = [...resources(without, 'AWS::CloudWatch::Alarm').values()].map(({ AlarmName }) => AlarmName);
  expect(names.filter((name) => name.startsWith('ccaip-menu-'))).toEqual([]);
});

describe('an endpoint', () => {
  it('is behind after three missed runs, but not before half an hour', () => {
    const thresholds = Object.fromEntries(
      ['call', 'user_info', 'agent', 'menu'].map((name) => [name, alarms.get(`ccaip-${name}-behind`).Threshold / 60]),
    );
    expect(thresholds).toEqual({ call: 30, user_info: 45, agent: 180, menu: 4320 });
  });

  it('is judged by the tenant with the slowest cadence', () => {
    const { template: slow } = synthesise({
      tenants: [ACME, { ...ACME, name: 'beta', endpoints: { call: { everyMinutes: 60 } } }],
    });
    const [, behind] = resource(slow, 'AWS::CloudWatch::Alarm', { AlarmName: 'ccaip-call-behind' });
    expect([behind.Threshold, behind.Period]).toEqual([3 * 3600, 3600]);
  });

  it('raises an alarm only if it is not caught up', () => {
    const behind = alarms.get('ccaip-call-behind');
    expect(behind).toMatchObject({ Namespace: 'ccaip', MetricName: RUN_METRICS.lag, Statistic: 'Maximum' });
    expect(behind.Dimensions).toEqual([{ Name: 'endpoint', Value: 'call' }]);
    expect([fires(behind, [0]), fires(behind, [900]), fires(behind, [1801])]).toEqual([false, false, true]);
    expect(behind.TreatMissingData).toBe('ignore');
  });

  it('raises an alarm for one dead letter in either queue', () => {
    const { Metrics, ...alarm } = alarms.get('ccaip-call-dead-letters');
    const queues = Metrics.flatMap(({ MetricStat }: Json) =>
      MetricStat === undefined ? [] : [text(MetricStat.Metric.Dimensions[0].Value)],
    );
    const nameOf = (QueueName: string) => `\${${resource(template, 'AWS::SQS::Queue', { QueueName })[0]}.QueueName}`;
    expect(queues.sort()).toEqual([nameOf('ccaip-call-failed'), nameOf('ccaip-call-undelivered')].sort());
    expect([fires(alarm, [0]), fires(alarm, [1])]).toEqual([false, true]);
  });

  it('raises an alarm for growing quarantine but not for a single bad record', () => {
    const quarantine = alarms.get('ccaip-call-quarantine-growing');
    const hours = (...counts: (number | undefined)[]) => [...silence.slice(counts.length), ...counts];
    expect(fires(quarantine, hours(3, undefined, 1))).toBe(false);
    expect(fires(quarantine, hours(3, undefined, 1, 2))).toBe(true);
  });
});

describe('a tenant', () => {
  it('raises an alarm at once for a refused credential, and later for a rate that stays used up', () => {
    const refused = alarms.get('ccaip.acme.credential-refused');
    const starved = alarms.get('ccaip.acme.budget-starved');
    expect(refused).toMatchObject({ MetricName: RUN_METRICS.credentialRefused });
    expect(refused.Dimensions).toEqual([{ Name: 'tenant', Value: 'acme' }]);
    expect(fires(refused, [1])).toBe(true);
    expect([fires(starved, [1, undefined, 1]), fires(starved, [1, undefined, 1, 1])]).toEqual([false, true]);
  });
});

describe('the other parts', () => {
  it.each(['replay', 'daily-queue-totals'])('raise an alarm for events in the dead-letter queue of %s', (name) => {
    const alarm = alarms.get(`ccaip-${name}-failed`);
    const [id] = resource(template, 'AWS::SQS::Queue', { QueueName: `ccaip-${name}-failed` });
    expect(alarm).toMatchObject({ MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' });
    expect(text(alarm.Dimensions[0].Value)).toBe(`\${${id}.QueueName}`);
    expect([fires(alarm, [0]), fires(alarm, [1])]).toEqual([false, true]);
  });

  it.each(['backfill', 'curation'])('raise an alarm for an execution of %s that failed or took too long', (name) => {
    const { Metrics, ...alarm } = alarms.get(`ccaip-${name}-failed`);
    const [id] = resource(template, 'AWS::StepFunctions::StateMachine', { StateMachineName: `ccaip-${name}` });
    const asked = Metrics.flatMap(({ MetricStat }: Json) =>
      MetricStat === undefined ? [] : [[MetricStat.Metric.MetricName, text(MetricStat.Metric.Dimensions[0].Value)]],
    );
    expect(asked).toEqual(['ExecutionsFailed', 'ExecutionsTimedOut'].map((metric) => [metric, `\${${id}}`]));
    expect([fires(alarm, [0]), fires(alarm, [1])]).toEqual([false, true]);
  });

  it('have no alarm if they are switched off', () => {
    const names = [...resources(synthesise().template, 'AWS::CloudWatch::Alarm').values()].map(
      (each) => each.AlarmName,
    );
    expect(names.filter((name) => OTHERS.includes(name))).toEqual(['ccaip-replay-failed', 'ccaip-backfill-failed']);
  });
});

describe('the schedules', () => {
  it('raise an alarm if nothing ran for two hours, or longer for slower cadences', () => {
    const quiet = synthesise({
      tenants: [{ ...ACME, endpoints: Object.fromEntries(ENDPOINTS.map(({ name }) => [name, { everyMinutes: 720 }])) }],
    }).template;
    const hours = (from: typeof template) =>
      resource(from, 'AWS::CloudWatch::Alarm', { AlarmName: 'ccaip-no-schedule-runs' })[1].EvaluationPeriods;
    expect([hours(template), hours(quiet)]).toEqual([2, 24]);
    expect(fires(alarms.get('ccaip-no-schedule-runs'), [12, undefined])).toBe(false);
  });
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

  it.each(['Lag', 'Cursor age', 'Records in quarantine', 'Errors', 'Dead letters', 'Longest run'])(
    'shows a line of every endpoint for: %s',
    (title) => {
      const labels = titled(title).properties.metrics.map((metric: Json[]) => metric.at(-1).label);
      expect(labels).toEqual(ENDPOINTS.map(({ name }) => name));
    },
  );

  it.each(['Records taken', 'Requests', 'Answers 429'])('shows a line of every tenant for: %s', (title) => {
    const metrics = titled(title).properties.metrics.map((metric: Json[]) => [metric[2], metric[3]]);
    expect(metrics).toEqual(['acme', 'beta'].map((tenant) => ['tenant', tenant]));
  });

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

  it('shows the alarms of the endpoints and of the other parts within the limit of a widget', () => {
    const shown = titled('Alarms').properties.alarms;
    expect(shown).toHaveLength(1 + OTHERS.length + 3 * ENDPOINTS.length);
    expect(shown.length).toBeLessThanOrEqual(100);
  });

  it('reads its table of latest runs from the log of every function', () => {
    const { query } = titled('Latest run').properties;
    expect(query.match(/SOURCE/g)).toHaveLength(ENDPOINTS.length);
    for (const field of ['lagSeconds', 'records', 'throttled', 'quarantined']) expect(query).toContain(field);
  });
});
