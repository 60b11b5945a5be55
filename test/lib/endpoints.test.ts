import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { environmentSchema } from '../../lambdas/aws/environment.ts';
import { tenantHostsSchema } from '../../lambdas/platform/tenant-hosts.ts';
import { ingestEventSchema } from '../../lambdas/runs/ingest-event.ts';
import { computeWindowMinutes, createScheduleExpression } from '../../lib/tenants/schedule-expression.ts';
import { concrete } from './policy.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, resource, resources, synthesise, text } from './template.ts';

const { template, annotations } = synthesise({
  alarmEmail: 'ops@example.com',
  tenants: [
    ACME,
    {
      name: 'beta',
      baseUrl: 'https://beta.example.com/v1',
      requestsPerSecond: 2,
      backfillShare: 0.2,
      lookBackMinutes: 30,
      settleSeconds: 120,
      historyStart: '2026-02-03',
    },
  ],
});
const schedules = [...resources(template, 'AWS::Scheduler::Schedule').values()];

it('the stack has no warning', () => {
  expect(annotations).toEqual([]);
});

it('the stack has one function per endpoint, one for replays, one that plans backfills, the audit, the watch, and no other', () => {
  const names = [...resources(template, 'AWS::Lambda::Function').values()].map(({ FunctionName }) => FunctionName);
  expect(names.sort()).toEqual(
    ['audit', 'replay', 'backfill', 'watch', ...ENDPOINTS.map(({ name }) => name)]
      .map((name) => `ccaip-${name}`)
      .sort(),
  );
});

it('all functions share one bundle', () => {
  const keys = [...resources(template, 'AWS::Lambda::Function').values()].map(({ Code }) => Code.S3Key);
  expect(new Set(keys).size).toBe(1);
});

it('only the functions that write items get the time to live of items', () => {
  const kept = synthesise({ metricsTtlDays: 400 }).template;
  for (const { name, segmentMetrics } of ENDPOINTS)
    expect(
      resource(kept, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` })[1].Environment.Variables
        .METRICS_TTL_DAYS,
    ).toBe(segmentMetrics ? '400' : undefined);
});

it('functions that compute metrics have twice the share of a vCPU', () => {
  for (const { name, segmentMetrics } of ENDPOINTS)
    expect(resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` })[1].MemorySize).toBe(
      segmentMetrics ? 1024 : 512,
    );
});

it('the functions of endpoints limit the heap of Node to less than their memory', () => {
  for (const { name, segmentMetrics } of ENDPOINTS) {
    const [, lambda] = resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` });
    const {
      NODE_OPTIONS: options,
      MALLOC_ARENA_MAX: arenas,
      HEAP_GROWTH_PERCENT: growth,
    } = lambda.Environment.Variables;
    const [, young, old] =
      /^--v8-pool-size=1 --max-semi-space-size=(\d+) --max-old-space-size=(\d+)$/.exec(options)?.map(Number) ?? [];
    expect(young).toBe(8);
    expect(arenas).toBe('2');
    expect(growth).toBe(segmentMetrics ? '200' : undefined);
    // three semi-spaces, and room for what lies outside the heap
    expect(3 * Number(young) + Number(old)).toBeLessThanOrEqual(0.75 * lambda.MemorySize);
  }
});

describe.each(ENDPOINTS)('the endpoint $name', ({ name, everyMinutes, source }) => {
  const [functionId, lambda] = resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` });
  const [undeliveredId, undelivered] = resource(template, 'AWS::SQS::Queue', {
    QueueName: `ccaip-${name}-undelivered`,
  });
  const [failedId, failed] = resource(template, 'AWS::SQS::Queue', { QueueName: `ccaip-${name}-failed` });
  const own = schedules.filter(
    ({ Target }) => concrete(template, Target.Arn) === concrete(template, `\${${functionId}.Arn}`),
  );

  it('has a function on Node 24 and arm64 with the environment that its code checks', () => {
    expect(lambda).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'ingest.handler' });
    const { Mappings } = template.toJSON();
    const write = (value: Json) => {
      const [map, first, second] = value['Fn::FindInMap'] ?? [];
      return map === undefined ? text(value) : Mappings[map][first][second];
    };
    const written = Object.fromEntries(
      Object.entries(lambda.Environment.Variables).map(([key, value]) => [key, write(value)]),
    );
    expect(environmentSchema.parse(written)).toEqual({
      LAKE_BUCKET: `\${${resource(template, 'AWS::S3::Bucket')[0]}}`,
      METRICS_TABLE: expect.stringContaining('Metrics'),
      STATE_TABLE: expect.stringContaining('State'),
      METRICS_NAMESPACE: 'ccaip',
    });
    expect(tenantHostsSchema.parse(written)).toEqual({
      TENANT_HOSTS: '{"acme":"acme.uc1.ccaiplatform.com","beta":"beta.example.com"}',
      SECRET_PREFIX: 'ccaip/',
    });
  });

  it('is tried again after one minute and after two more, so that a short outage leaves no dead letter', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: functionId },
      MaximumRetryAttempts: 2,
    });
  });

  it('has a separate log that expires', () => {
    const [logId, log] = resource(template, 'AWS::Logs::LogGroup', { LogGroupName: `/aws/lambda/ccaip-${name}` });
    expect(log.RetentionInDays).toBe(90);
    expect(lambda.LoggingConfig).toEqual({ LogFormat: 'JSON', LogGroup: { Ref: logId } });
  });

  it('keeps events that failed or were not delivered, encrypted, for 14 days', () => {
    for (const queue of [undelivered, failed])
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    expect(text(lambda.DeadLetterConfig.TargetArn)).toBe(`\${${failedId}.Arn}`);
    expect(own.map(({ Target }) => concrete(template, Target.DeadLetterConfig.Arn))).toEqual(
      own.map(() => concrete(template, `\${${undeliveredId}.Arn}`)),
    );
    for (const id of [undeliveredId, failedId])
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        },
      });
  });

  it('is scheduled once for each tenant, at its cadence, in the group', () => {
    expect(own.map(({ Name }) => Name)).toEqual([`acme.${name}`, `beta.${name}`]);
    const [groupId] = resource(template, 'AWS::Scheduler::ScheduleGroup', { Name: 'ccaip' });
    for (const schedule of own) {
      expect(schedule.ScheduleExpression).toBe(createScheduleExpression(everyMinutes, source.kind === 'nested'));
      expect(text(schedule.GroupName)).toBe(`\${${groupId}}`);
      expect(schedule.Target.RetryPolicy.MaximumEventAgeInSeconds).toBe(everyMinutes * 60);
      const { Mode, MaximumWindowInMinutes } = schedule.FlexibleTimeWindow;
      expect(Mode).toBe('FLEXIBLE');
      expect(MaximumWindowInMinutes).toBeGreaterThanOrEqual(1);
      expect(MaximumWindowInMinutes).toBeLessThanOrEqual(everyMinutes / 5);
    }
  });

  it('receives an event that the function accepts', () => {
    const events = own.map(({ Target }) => {
      expect(Target.Input).toContain('"scheduledTime":"<aws.scheduler.scheduled-time>"');
      return ingestEventSchema.parse(
        JSON.parse(Target.Input.replace('<aws.scheduler.scheduled-time>', '2026-11-01T10:00:00Z')),
      );
    });
    expect(events).toMatchObject([
      {
        endpoint: name,
        tenant: {
          name: 'acme',
          baseUrl: 'https://acme.uc1.ccaiplatform.com/manager/api/v1',
          secretId: 'ccaip/acme',
          requestsPerSecond: 8,
          backfillShare: 0.1,
          lookBackMinutes: 10,
          settleSeconds: 60,
          historyStart: '2025-01-01T00:00:00Z',
        },
        scheduledTime: '2026-11-01T10:00:00Z',
      },
      {
        endpoint: name,
        tenant: {
          name: 'beta',
          baseUrl: 'https://beta.example.com/v1',
          secretId: 'ccaip/beta',
          requestsPerSecond: 2,
          backfillShare: 0.2,
          lookBackMinutes: 30,
          settleSeconds: 120,
          historyStart: '2026-02-03T00:00:00Z',
        },
        scheduledTime: '2026-11-01T10:00:00Z',
      },
    ]);
  });
});

describe('when an endpoint runs', () => {
  it.each([
    [5, false, 'cron(0/5 * * * ? *)'],
    [5, true, 'cron(2/5 * * * ? *)'],
    [15, true, 'cron(6/15 * * * ? *)'],
    [1, true, 'cron(0/1 * * * ? *)'],
    [7, true, 'rate(7 minutes)'],
    [60, false, 'rate(60 minutes)'],
    [1440, false, 'rate(1440 minutes)'],
  ])('every %i minutes, nested %s: %s', (everyMinutes, isNested, expression) => {
    expect(createScheduleExpression(everyMinutes, isNested)).toBe(expression);
  });

  it('nested endpoints start after the runs of parents with the same cadence, and before their next runs', () => {
    for (const everyMinutes of [5, 6, 10, 12, 15, 20, 30]) {
      const [, minute = ''] = /^cron\((\d+)\//.exec(createScheduleExpression(everyMinutes, true)) ?? [];
      expect(Number(minute)).toBeGreaterThan(computeWindowMinutes(everyMinutes));
      expect(Number(minute) + computeWindowMinutes(everyMinutes)).toBeLessThan(everyMinutes);
    }
  });
});

describe('a function', () => {
  const vpc = { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
  const limited = synthesise({ vpc, reservedConcurrency: 2, tags: { team: 'care' } }).template;
  const functionsOf = (from: typeof template) =>
    ENDPOINTS.map(({ name }) => resource(from, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` })[1]);

  it('runs in no network and reserves nothing, unless the configuration says so', () => {
    for (const lambda of functionsOf(template))
      expect([lambda.VpcConfig, lambda.ReservedConcurrentExecutions, lambda.Tags]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    for (const lambda of functionsOf(limited)) {
      expect(lambda.VpcConfig).toEqual({ SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds });
      // a replay must not take from what is kept free for ingestion
      expect(lambda.ReservedConcurrentExecutions).toBe(lambda.FunctionName === 'ccaip-replay' ? undefined : 2);
      expect(lambda.Tags).toEqual([{ Key: 'team', Value: 'care' }]);
    }
  });

  it('of every part runs in the subnets of the configuration', () => {
    const all = synthesise({ vpc, curation: true, dailyQueueTotals: {} }).template;
    const lambdas = [...resources(all, 'AWS::Lambda::Function').values()];
    expect(lambdas.map(({ FunctionName }) => FunctionName)).toEqual(
      expect.arrayContaining(['ccaip-backfill', 'ccaip-curation', 'ccaip-daily-queue-totals', 'ccaip-replay']),
    );
    for (const { FunctionName, VpcConfig, Role } of lambdas) {
      expect([FunctionName, VpcConfig]).toEqual([
        FunctionName,
        { SubnetIds: vpc.subnetIds, SecurityGroupIds: vpc.securityGroupIds },
      ]);
      const role = resources(all, 'AWS::IAM::Role').get(text(Role).slice(2, -'.Arn}'.length));
      expect([FunctionName, JSON.stringify(role)]).toEqual([
        FunctionName,
        expect.stringContaining('ec2:CreateNetworkInterface'),
      ]);
    }
  });

  it('calls the platform directly, unless the configuration names a proxy', () => {
    const httpsProxy = 'http://proxy.internal:3128';
    const behind = synthesise({ vpc: { ...vpc, httpsProxy } }).template;
    const proxiesOf = (from: typeof template) =>
      new Set(functionsOf(from).map((lambda) => lambda.Environment.Variables.HTTPS_PROXY));
    expect([proxiesOf(template), proxiesOf(limited), proxiesOf(behind)]).toEqual([
      new Set([undefined]),
      new Set([undefined]),
      new Set([httpsProxy]),
    ]);
  });

  it('in subnets may create its network interfaces', () => {
    const granted = (from: typeof template) =>
      JSON.stringify([...resources(from, 'AWS::IAM::Role').values()]).includes('ec2:CreateNetworkInterface');
    expect([granted(template), granted(limited)]).toEqual([false, true]);
  });
});

describe('where a tenant has its records', () => {
  const sourcesOf = (
    endpoints: Record<string, { path?: string; parents?: Record<string, string[]> }>,
    name: string,
  ) => {
    const { template: changed } = synthesise({ tenants: [{ ...ACME, endpoints }] });
    const [, schedule] = resource(changed, 'AWS::Scheduler::Schedule', { Name: `acme.${name}` });
    return JSON.parse(schedule.Target.Input).tenant.sources;
  };

  it('is passed only to the function of that endpoint', () => {
    const endpoints = { team: { path: '/team' }, changed_detail: { parents: { call: ['changes[]'] } } };
    expect(sourcesOf(endpoints, 'team')).toEqual({ team: { path: '/team' } });
    expect(sourcesOf(endpoints, 'changed_detail')).toEqual({ changed_detail: { parents: { call: ['changes[]'] } } });
    expect(sourcesOf(endpoints, 'call')).toBeUndefined();
  });
});

describe('the cadence of a tenant', () => {
  const names = (endpoints: Record<string, { enabled?: boolean; everyMinutes?: number }>) =>
    new Map(
      [
        ...resources(synthesise({ tenants: [{ ...ACME, endpoints }] }).template, 'AWS::Scheduler::Schedule').values(),
      ].map((schedule: Json) => [schedule.Name, schedule]),
    );

  it('replaces the one of the catalog', () => {
    const changed = names({ call: { everyMinutes: 1 }, agent: { everyMinutes: 30 } });
    expect(changed.get('acme.call').ScheduleExpression).toBe('cron(0/1 * * * ? *)');
    expect(changed.get('acme.call').FlexibleTimeWindow).toEqual({ Mode: 'OFF' });
    expect(changed.get('acme.agent').ScheduleExpression).toBe('cron(0/30 * * * ? *)');
    expect(changed.get('acme.chat').ScheduleExpression).toBe('cron(0/5 * * * ? *)');
  });

  it('is undefined for an endpoint that is switched off and for endpoints nested only in it', () => {
    const off = ['call', 'menu'];
    const left = names(Object.fromEntries(off.map((name) => [name, { enabled: false }])));
    const orphans = ENDPOINTS.filter(
      ({ source }) => source.kind === 'nested' && source.parents.every(({ endpoint }) => off.includes(endpoint)),
    ).map(({ name }) => name);
    expect(orphans).toContain('call_participant');
    const gone = ENDPOINTS.map(({ name }) => name).filter((name) => !left.has(`acme.${name}`));
    expect(gone.sort()).toEqual([...off, ...orphans].sort());
  });
});
