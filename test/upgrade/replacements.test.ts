import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ConfigurationInput, configurationSchema } from '../../lib/configuration/configuration.ts';
import { ACME } from '../lib/sample-configuration.ts';
import { type Json, resources, synthesise, text } from '../lib/template.ts';

/** Properties with which CloudFormation makes a new, empty resource (`createOnlyProperties` of the resource schemas). */
const CREATE_ONLY: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::DynamoDB::Table': ['TableName', 'ImportSourceSpecification'],
};

/** Buckets and tables by logical id, each with what must not change. A change of key attributes needs a new table as well. */
function identitiesOf(configuration: Partial<ConfigurationInput>): string[] {
  const { template } = synthesise(configuration);
  return Object.entries(CREATE_ONLY).flatMap(([type, names]) =>
    [...resources(template, type)].map(([id, properties]: [string, Json]) => {
      const values = [...names, 'KeySchema'].map((name) => [name, properties[name]]);
      return `${type} ${id} ${JSON.stringify(values, (_, value) => (value?.Ref === undefined ? value : text(value)))}`;
    }),
  );
}

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';

/** A changed value of every setting. */
const CHANGES: Readonly<Record<string, Partial<ConfigurationInput>>> = {
  name: { name: 'other' },
  tenants: { tenants: [ACME, { ...ACME, name: 'beta' }] },
  encryptionKeyArn: { encryptionKeyArn: KEY },
  retainData: { retainData: false },
  'names.lakeBucket': { names: { lakeBucket: 'my-lake' } },
  'names.metricsTable': { names: { metricsTable: 'my-metrics' } },
  'names.stateTable': { names: { stateTable: 'my-state' } },
  adopt: { adopt: [] },
  tags: { tags: { team: 'care' } },
  alarmEmail: { alarmEmail: 'ops@example.com' },
  runbookUrl: { runbookUrl: 'https://wiki.example.com/x' },
  vpc: { vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] } },
  reservedConcurrency: { reservedConcurrency: 2 },
  logRetentionDays: { logRetentionDays: 30 },
  rawStorageClass: { rawStorageClass: 'intelligent-tiering' },
  rawTransitionDays: { rawTransitionDays: 60 },
  rawRetentionDays: { rawRetentionDays: 400 },
  segmentsRetentionDays: { segmentsRetentionDays: 400 },
  formerVersionRetentionDays: { formerVersionRetentionDays: 60 },
  quarantineRetentionDays: { quarantineRetentionDays: 30 },
  metricsTtlDays: { metricsTtlDays: 400 },
  curation: { curation: true },
  dailyQueueTotals: { dailyQueueTotals: {} },
  queryResultRetentionDays: { queryResultRetentionDays: 7 },
  queryScanLimitGigabytes: { queryScanLimitGigabytes: 5 },
  audit: { audit: { enabled: false } },
};

/** The only settings that make an empty bucket or table. */
const REPLACING = ['names.lakeBucket', 'names.metricsTable', 'names.stateTable'];

describe('a changed configuration', () => {
  const before = identitiesOf({});

  it('is tried for every setting', () => {
    const settings = Object.keys(configurationSchema.shape).filter((name) => name !== 'names');
    expect(Object.keys(CHANGES).filter((name) => !name.startsWith('names.'))).toEqual(expect.arrayContaining(settings));
    expect(before).toHaveLength(3);
  });

  it.each(Object.entries(CHANGES))('of %s keeps bucket and tables, unless it names them', (setting, change) => {
    const after = identitiesOf(change);
    const kept = before.filter((identity) => after.includes(identity));
    expect(kept).toHaveLength(REPLACING.includes(setting) ? 2 : 3);
  });

  it.each(REPLACING)('of %s is named by synth and by the upgrade page', (setting) => {
    const infos = synthesise(CHANGES[setting]).notes;
    expect(infos).toEqual([expect.stringContaining(`${setting} was given`)]);
    expect(readFileSync('docs/upgrade.md', 'utf8')).toContain('`names`');
  });
});
