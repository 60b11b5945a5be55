import { describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, resource, resources, synthesise, text } from './template.ts';

const EXTRA = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].map((n) => `extra_${n}`);

// ten endpoints more, tails and nested ones, as the catalog would have them
vi.mock('../../catalog/index.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../catalog/index.ts')>();
  const { defineEndpoint } = await import('../../catalog/define-endpoint.ts');
  const models = ['chat', 'photo'].flatMap((name) => original.findEndpoint(name) ?? []);
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
  const extra = names.flatMap((name, index) => {
    const model = models[index % models.length];
    return model === undefined ? [] : [defineEndpoint({ ...model, name: `extra_${name}`, title: `Extra ${name}` })];
  });
  const all = [...original.ENDPOINTS, ...extra];
  return { ...original, ENDPOINTS: all, findEndpoint: (name: string) => all.find((each) => each.name === name) };
});

const tenants = (count: number) => Array.from({ length: count }, (_, i) => ({ ...ACME, name: `tenant-${i}` }));

describe('ten endpoints more in the catalog', () => {
  const { template } = synthesise();

  it('are there to be deployed', () => {
    expect(ENDPOINTS.map(({ name }) => name)).toEqual(expect.arrayContaining(EXTRA));
  });

  it.each(EXTRA)(
    'bring function, schedule, queues, alarms, table and view of %s, without a change to any construct',
    (name) => {
      resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` });
      resource(template, 'AWS::Scheduler::Schedule', { Name: `acme.${name}` });
      for (const queue of ['failed', 'undelivered'])
        resource(template, 'AWS::SQS::Queue', { QueueName: `ccaip-${name}-${queue}` });
      for (const alarm of ['behind', 'dead-letters', 'quarantine-growing'])
        resource(template, 'AWS::CloudWatch::Alarm', { AlarmName: `ccaip-${name}-${alarm}` });
      const tables = [...resources(template, 'AWS::Glue::Table').values()].map(
        ({ TableInput }: Json) => TableInput.Name,
      );
      expect(tables).toEqual(expect.arrayContaining([name, `raw_${name}`]));
      const [, { DashboardBody }] = resource(template, 'AWS::CloudWatch::Dashboard');
      expect(text(DashboardBody)).toContain(`"label":"${name}"`);
    },
  );

  it.each([1, 3, 50])('stay within the limits of CloudFormation with %i tenants', (count) => {
    const { template: main, nested } = synthesise({ tenants: tenants(count) });
    for (const each of [main, ...nested]) {
      expect(Object.keys(each.toJSON().Resources).length).toBeLessThanOrEqual(500);
      // cdk.json has templates written without indentation
      expect(JSON.stringify(each.toJSON()).length).toBeLessThanOrEqual(1_000_000);
    }
  });
});
