import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CcaipStack, type ConfigurationInput } from '../../lib/index.ts';
import { ACME, CONTEXT } from './sample.ts';

beforeEach(() => {
  // the rules report through validation, which the other tests switch off
  vi.stubEnv('CDK_VALIDATION', 'true');
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

describe("cdk-nag's AwsSolutions rules", { timeout: 240_000 }, () => {
  it.each([
    ['the default configuration', {}],
    [
      'everything that can be chosen',
      {
        encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab',
        vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] },
        alarmEmail: 'ops@example.com',
        retainData: false,
        reservedConcurrency: 1,
      },
    ],
  ])('have nothing left to find in %s', (_, ccaip) => {
    expect(() => appWith(ccaip).app.synth()).not.toThrow();
  });

  it('find what is not justified', () => {
    const { app, stack } = appWith();
    new Bucket(stack, 'Open');
    expect(() => app.synth()).toThrow('AwsSolutions-S10');
  });

  it('have an exception only for a written reason', () => {
    const exceptions = appWith()
      .app.node.findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string | { reason: string }>(data));
    const rules = new Set(exceptions.map(([id]) => /AwsSolutions-([A-Z0-9]+)/.exec(id)?.[1]));
    expect([...rules].sort()).toEqual(['IAM5', 'S1', 'SMG4', 'SQS3']);
    for (const [, reason] of exceptions) expect(JSON.stringify(reason).length).toBeGreaterThan(40);
  });
});
