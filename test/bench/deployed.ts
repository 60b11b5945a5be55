import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HEAP_GROWTH } from '../../lambdas/handlers/heap-growth.ts';
import { bundleIngestCode } from '../../lib/ingestion/bundled-code.ts';
import { resource, synthesise } from '../lib/template.ts';

/** Builds the bundle that is deployed. @returns path of its entry */
export function buildBundle(entry?: string): string {
  return join(bundleIngestCode(new Stack(new App(), 'Bench'), entry).path, 'ingest.mjs');
}

/** What the environment of a deployed function says to Node and the system, not to the function: how memory is used. */
export function deployedMemory(name: string): Readonly<Record<string, string>> {
  const { template } = synthesise({ curation: true });
  const [, { Environment: environment }] = resource(template, 'AWS::Lambda::Function', {
    FunctionName: `ccaip-${name}`,
  });
  const variables = environment?.Variables ?? {};
  return Object.fromEntries(
    ['NODE_OPTIONS', 'MALLOC_ARENA_MAX', HEAP_GROWTH].flatMap((setting) =>
      setting in variables ? [[setting, variables[setting]]] : [],
    ),
  );
}
