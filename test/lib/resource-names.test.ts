import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import {
  nameFunction,
  nameLogGroup,
  nameQueue,
  nameSchedules,
  nameSecret,
  QUEUE_KINDS,
} from '../../lib/configuration/resource-names.ts';
import { CcaipStack } from '../../lib/constructs.ts';

const stack = new CcaipStack(new App(), 'Ccaip', {
  stackName: 'blue',
  ccaip: {
    name: 'blue',
    entry: 'test/lib/tiny-handler.ts',
    tenants: [{ subdomain: 'acme', domain: 'ccaip.example' }],
  },
});
const template = Template.fromStack(stack);

/** Values of a property of every resource of a type. */
const all = (type: string, property: string): unknown[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties[property]);
const ofAll = (name: (endpoint: string) => string) => ENDPOINTS.map((endpoint) => name(endpoint.name));

describe('the names by which the command line finds a deployment are those of the stack', () => {
  it.each([
    ['AWS::Lambda::Function', 'FunctionName', ofAll((endpoint) => nameFunction('blue', endpoint))],
    ['AWS::Logs::LogGroup', 'LogGroupName', ofAll((endpoint) => nameLogGroup('blue', endpoint))],
    ['AWS::SecretsManager::Secret', 'Name', [nameSecret('blue', 'acme')]],
    ['AWS::Scheduler::Schedule', 'Name', ofAll((endpoint) => nameSchedules('acme', endpoint)[0])],
    ['AWS::Scheduler::ScheduleGroup', 'Name', ['blue']],
  ])('%s', (type, property, names) => {
    expect(all(type, property)).toEqual(expect.arrayContaining(names));
  });

  it('queues', () => {
    for (const kind of QUEUE_KINDS)
      expect(all('AWS::SQS::Queue', 'QueueName')).toEqual(
        expect.arrayContaining(ofAll((endpoint) => nameQueue('blue', endpoint, kind))),
      );
  });

  it('outputs', () => {
    expect(Object.keys(template.findOutputs('*'))).toEqual(
      expect.arrayContaining(['MetricsTable', 'StateTable', 'Secrets']),
    );
  });
});
