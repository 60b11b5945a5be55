import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { MAX_SCHEDULES_IN_ONE_STACK } from '../../lib/ccaip-ingest.ts';
import { CcaipIngest } from '../../lib/constructs.ts';
import { ACME, CONTEXT } from './sample-configuration.ts';
import { type Json, resources, type Synthesised, synthesise, text } from './template.ts';

const MOST_RESOURCES = 500;
const MOST_BYTES = 1_000_000;
const MOST_PARAMETERS = 200;
const LONGEST_INLINE_POLICIES = 10_240;
const LONGEST_ARN = `arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:${'n'.repeat(16)}/${'t'.repeat(40)}-AbCdEf`;

// schedules have names within their group, named queries within their workgroup
const NAMED_WITHIN_A_PARENT = ['AWS::Scheduler::Schedule', 'AWS::Athena::NamedQuery'];

const tenants = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...ACME,
    name: `tenant-with-a-name-as-long-as-allowed-${String(i).padStart(2, '0')}`,
  }));

function checkLimits(template: Template): void {
  const json = template.toJSON();
  expect(Object.keys(json.Resources).length).toBeLessThanOrEqual(MOST_RESOURCES);
  expect(JSON.stringify(json).length).toBeLessThanOrEqual(MOST_BYTES);
  expect(Object.keys(json.Parameters ?? {}).length).toBeLessThanOrEqual(MOST_PARAMETERS);
}

/** For JSON.stringify: puts an ARN where the template has a reference. */
function writtenOut(_: string, value: Json): Json {
  const isReference =
    typeof value === 'object' && value !== null && ('Ref' in value || Object.keys(value)[0]?.startsWith('Fn::'));
  return isReference ? text(value).replace(/\$\{[^}]+\}/g, LONGEST_ARN) : value;
}

function nameSchedules({ template, nested }: Synthesised): string[] {
  return [template, ...nested].flatMap((each) =>
    [...resources(each, 'AWS::Scheduler::Schedule').values()]
      .map(({ Name }) => Name)
      .filter((name) => !/^ccaip-(curation-|audit-|watch$)/.test(name)),
  );
}

/** The most tenants whose schedules are in one stack. */
const FLAT = Math.floor(MAX_SCHEDULES_IN_ONE_STACK / ENDPOINTS.length);

const deployments = new Map(
  [FLAT, FLAT + 1, 50].map((count) => [count, synthesise({ tenants: tenants(count), curation: true })]),
);

describe.each([...deployments])('a deployment of %i tenants', (count, deployment) => {
  it('stays within the limits of CloudFormation', () => {
    for (const each of [deployment.template, ...deployment.nested]) checkLimits(each);
  });

  it('has every schedule with a unique valid name', () => {
    const names = nameSchedules(deployment);
    expect(names).toHaveLength(count * ENDPOINTS.length);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
  });

  it('has policies within the limit of IAM even with the longest names', () => {
    for (const role of resources(deployment.template, 'AWS::IAM::Role').values()) {
      const documents = role.Policies.map(({ PolicyDocument }: Json) => PolicyDocument);
      expect(JSON.stringify(documents, writtenOut).length).toBeLessThanOrEqual(LONGEST_INLINE_POLICIES);
    }
  });
});

it('schedules that move into nested stacks get other names, because new resources are created before old ones are deleted', () => {
  const [flat = [], nested = []] = [FLAT, FLAT + 1].map((count) =>
    nameSchedules(deployments.get(count) ?? synthesise()),
  );
  expect(flat.length).toBeLessThan(nested.length);
  expect(nested.filter((name) => flat.includes(name))).toEqual([]);
});

it('two deployments with different names fit into one account, even in stacks of another app', () => {
  const app = new App({ context: CONTEXT });
  const entry = fileURLToPath(import.meta.resolve('./tiny-handler.ts'));
  const stacks = ['one', 'two'].map((name) => {
    const stack = new Stack(app, name);
    new CcaipIngest(stack, 'Ccaip', { name, tenants: [ACME], entry });
    return stack;
  });
  const all = stacks.flatMap((stack) => Object.values<Json>(Template.fromStack(stack).toJSON().Resources));
  const found = all.flatMap(({ Type, Properties }) =>
    [
      'Name',
      'FunctionName',
      'QueueName',
      'LogGroupName',
      'RoleName',
      'TableName',
      'BucketName',
      'AlarmName',
      'TopicName',
      'DashboardName',
    ]
      .filter((key) => typeof Properties[key] === 'string' && !NAMED_WITHIN_A_PARENT.includes(Type))
      .map((key) => `${Type} ${Properties[key]}`),
  );
  expect(found.length).toBeGreaterThan(2 * ENDPOINTS.length);
  expect(found.filter((name, index) => found.indexOf(name) !== index)).toEqual([]);
});
