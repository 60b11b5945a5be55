import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';
import { CcaipStack, type ConfigurationInput } from '../../lib/constructs.ts';
import { ACME, CONTEXT } from './sample-configuration.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON
export type Json = any;

export interface Synthesised {
  readonly template: Template;
  /** Templates of the nested stacks. */
  readonly nested: readonly Template[];
  /** Warnings and errors that constructs were annotated with. */
  readonly annotations: readonly string[];
  /** Notes that constructs were annotated with, without those of CDK itself. */
  readonly notes: readonly string[];
  /** Folder with the files that are uploaded with the deployment. */
  readonly folder: string;
}

const synthesised = new Map<string, Synthesised>();

/**
 * The templates of a deployment without curation, synthesised with the feature flags of cdk.json; the bundle is a stand-in.
 * They are synthesised once for equal configurations: read them, do not change them.
 */
export function synthesise(ccaip: Partial<ConfigurationInput> = {}): Synthesised {
  const key = JSON.stringify(ccaip);
  const known = synthesised.get(key) ?? synthesiseAnew(ccaip);
  synthesised.set(key, known);
  return known;
}

function synthesiseAnew(ccaip: Partial<ConfigurationInput>): Synthesised {
  // CDK's own check of templates takes seconds; the test of the app has it
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ context: CONTEXT });
  const stack = new CcaipStack(app, 'Test', {
    ccaip: {
      tenants: [ACME],
      curation: false,
      ...ccaip,
      entry: fileURLToPath(import.meta.resolve('./tiny-handler.ts')),
    },
  });
  const constructs = app.node.findAll();
  return {
    folder: app.outdir,
    template: Template.fromStack(stack),
    nested: constructs.filter(Stack.isStack).flatMap((each) => (each === stack ? [] : [Template.fromStack(each)])),
    annotations: annotationsOf(constructs, /^aws:cdk:(warning|error)$/),
    notes: annotationsOf(constructs, /^aws:cdk:info$/).filter((note) => note.includes('ccaip-ingest:')),
  };
}

const annotationsOf = (constructs: readonly IConstruct[], type: RegExp) =>
  constructs.flatMap(({ node }) =>
    node.metadata.filter((entry) => type.test(entry.type)).map(({ data }) => String(data)),
  );

const byType = new WeakMap<Template, Map<string, Map<string, Json>>>();

/** Properties of the resources of a type, by logical id. */
export function resources(template: Template, type: string): Map<string, Json> {
  const known = byType.get(template) ?? new Map<string, Map<string, Json>>();
  if (known.size === 0) {
    byType.set(template, known);
    for (const [id, { Type, Properties }] of Object.entries<Json>(template.toJSON().Resources))
      known.set(Type, (known.get(Type) ?? new Map()).set(id, Properties));
  }
  return known.get(type) ?? new Map();
}

/** The only resource of a type that has these values, with its logical id. */
export function resource(template: Template, type: string, values: Record<string, unknown> = {}): [string, Json] {
  const [found, ...others] = [...resources(template, type)].filter(([, properties]) =>
    Object.entries(values).every(([key, value]) => properties[key] === value),
  );
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} of ${type} with ${JSON.stringify(values)}`);
  return found;
}

/** The definition of a state machine that is uploaded as a file, with references written out. */
export function readDefinition({ template, folder }: Synthesised, name: string): string {
  const [, machine] = resource(template, 'AWS::StepFunctions::StateMachine', { StateMachineName: name });
  const file = `asset.${text(machine.DefinitionS3Location.Key)}`;
  const substitutions = new Map<string, Json>(Object.entries(machine.DefinitionSubstitutions));
  return readFileSync(join(folder, file), 'utf8').replaceAll(/\$\{([^}]+)\}/g, (place, key: string) => {
    if (!substitutions.has(key)) throw new Error(`CloudFormation leaves ${place} as it is`);
    return text(substitutions.get(key));
  });
}

/** A value with its intrinsic functions written out: `${Id}`, `${Id.Arn}`. */
export function text(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Ref' in value) return `\${${value.Ref}}`;
  if ('Fn::GetAtt' in value) return `\${${value['Fn::GetAtt'].join('.')}}`;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map(text).join(value['Fn::Join'][0]);
  throw new Error(`cannot write ${JSON.stringify(value)}`);
}
