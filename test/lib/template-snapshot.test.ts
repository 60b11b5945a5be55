import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { type Json, resources, synthesise, text } from './template.ts';

const ENDPOINT = 'call';

/** What follows the endpoint's name in ids of other endpoints. */
const OTHERS = ENDPOINTS.flatMap(({ name }) =>
  name.startsWith(`${ENDPOINT}_`) ? [name.slice(ENDPOINT.length).replaceAll('_', '')] : [],
);
const OWN_ID = new RegExp(`^Ingest(|Monitoring|TenantacmeSchedules)${ENDPOINT}(?!${OTHERS.join('|')})`);

const { template } = synthesise();
const TYPES = [
  'AWS::Lambda::Function',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Logs::LogGroup',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::IAM::Role',
  'AWS::Scheduler::Schedule',
  'AWS::CloudWatch::Alarm',
];

/** A value with references written out, without the hashes that CDK puts behind names. */
function normalised(value: Json): Json {
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string'
      ? value.replace(/[0-9a-f]{64}/g, '<asset>').replace(/(?<=[a-z])[0-9A-F]{8}\b/g, '')
      : value;
  const [key = ''] = Object.keys(value);
  if (key === 'Ref' || ['Fn::GetAtt', 'Fn::Join'].includes(key)) return normalised(text(value));
  if (key === 'Fn::Sub') return normalised(value[key]);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, normalised(inner)]));
}

it('the template of the endpoint call equals the reviewed snapshot (vitest -u rewrites it)', async () => {
  const found = TYPES.flatMap((type) =>
    [...resources(template, type)]
      .filter(([id]) => OWN_ID.test(id))
      .map(([id, properties]) => [`${type} ${normalised(id)}`, normalised(properties)]),
  );
  expect(found.length).toBe(9);
  await expect(`${JSON.stringify(Object.fromEntries(found), null, 2)}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, 'call.snapshot.json'),
  );
});
