import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ingestCode } from '../../lib/ingest-code.ts';
import { resource, synthesise } from '../infra/template.ts';

/** Builds the bundle that is deployed. @returns path of its entry */
export function buildBundle(entry?: string): string {
  return join(ingestCode(new Stack(new App(), 'Bench'), entry).path, 'ingest.mjs');
}

/** Options of Node that the function of an endpoint is deployed with. */
export function deployedNodeOptions(endpoint: string): string {
  const { template } = synthesise();
  const [, { Environment: environment }] = resource(template, 'AWS::Lambda::Function', {
    FunctionName: `ccaip-${endpoint}`,
  });
  return environment.Variables.NODE_OPTIONS;
}
