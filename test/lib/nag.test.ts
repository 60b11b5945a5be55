import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configurationSchema } from '../../lib/configuration/configuration.ts';
import { CcaipStack, type ConfigurationInput } from '../../lib/constructs.ts';
import { ACME, CONTEXT } from './sample-configuration.ts';

beforeEach(() => {
  // CDK's own check of templates takes seconds; the test of the app has it
  vi.stubEnv('CDK_VALIDATION', 'false');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const entry = fileURLToPath(import.meta.resolve('./tiny-handler.ts'));

function appWith(ccaip: Partial<ConfigurationInput> = {}): { app: App; stack: CcaipStack } {
  const app = new App({ context: CONTEXT });
  const stack = new CcaipStack(app, 'Test', { ccaip: { tenants: [ACME], ...ccaip, entry } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}

/** Every option, different from its default. */
const EVERYTHING: Partial<ConfigurationInput> = {
  name: 'other',
  tenants: [ACME, { ...ACME, name: 'beta' }],
  encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab',
  retainData: false,
  names: { lakeBucket: 'a-lake', metricsTable: 'a-metrics-table', stateTable: 'a-state-table' },
  adopt: ['stateTable'],
  tags: { team: 'contact-centre' },
  alarmEmail: 'ops@example.com',
  runbookUrl: 'https://example.com/runbooks',
  vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
  reservedConcurrency: 1,
  logRetentionDays: 30,
  rawStorageClass: 'glacier-instant-retrieval',
  rawTransitionDays: 60,
  rawRetentionDays: 700,
  segmentsRetentionDays: 700,
  formerVersionRetentionDays: 7,
  quarantineRetentionDays: 30,
  metricsTtlDays: 400,
  curation: false,
  audit: { enabled: true, nightlyDays: 7, weeklyDays: 70, heal: false, maxRequests: 100 },
  dailyQueueTotals: { serviceLevelSeconds: 30 },
  queryResultRetentionDays: 3,
  queryScanLimitGigabytes: 10,
};

describe("cdk-nag's AwsSolutions rules", { timeout: 240_000 }, () => {
  it.each([
    ['the default configuration', {}],
    ['everything that can be chosen', EVERYTHING],
    ['everything, curated tables as well', { ...EVERYTHING, curation: true }],
  ])('have nothing left to find in %s', (_, ccaip) => {
    expect(() => appWith(ccaip).app.synth()).not.toThrow();
  });

  it('are checked with every option', () => {
    expect(Object.keys(EVERYTHING).sort()).toEqual(Object.keys(configurationSchema.shape).sort());
    const { tenants: _, ...others } = configurationSchema.parse({ tenants: [ACME] });
    for (const [name, value] of Object.entries(others)) expect(EVERYTHING).not.toHaveProperty(name, value);
  });

  it('report everything that is not justified', () => {
    const { app, stack } = appWith();
    new Bucket(stack, 'Open');
    expect(() => app.synth()).toThrow('AwsSolutions-S10');
  });

  it('have an exception only with a written reason', () => {
    const exceptions = appWith(EVERYTHING)
      .app.node.findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string | { reason: string }>(data));
    const rules = new Set(exceptions.map(([id]) => /AwsSolutions-([A-Z0-9]+)/.exec(id)?.[1]));
    expect([...rules].sort()).toEqual(['IAM5', 'S1', 'SMG4', 'SQS3']);
    for (const [, reason] of exceptions) expect(JSON.stringify(reason).length).toBeGreaterThan(40);
  });
});
