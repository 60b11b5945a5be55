import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CcaipStack, ConfigurationError, parseConfiguration } from '../lib/constructs.ts';

try {
  const app = new App();
  const ccaip = parseConfiguration(app.node.tryGetContext('ccaip'));
  new CcaipStack(app, 'Ccaip', { stackName: ccaip.name, ccaip });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(`${error.message}\nCorrect it in the context "ccaip" of cdk.json.`);
  process.exitCode = 1;
}
