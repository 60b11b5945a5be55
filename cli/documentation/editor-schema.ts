import { readFileSync } from 'node:fs';
import ts from 'typescript';
import * as z from 'zod';
import { configurationSchema } from '../../lib/configuration/configuration.ts';

type Schema = z.core.JSONSchema.JSONSchema;

/** Comments on the properties of a schema, by path, e.g. `vpc.subnetIds`. */
type Comments = ReadonlyMap<string, string>;

/** Reads the comments on the properties of a schema in its source. */
function readComments(file: string, name: string): Comments {
  const comments = new Map<string, string>();
  const text = readFileSync(new URL(`../../lib/configuration/${file}`, import.meta.url), 'utf8');
  const visit = (node: ts.Node, path: readonly string[], inside: boolean): void => {
    const isSchema = ts.isVariableDeclaration(node) && node.name.getText() === name;
    const here = inside && ts.isPropertyAssignment(node) ? [...path, node.name.getText()] : path;
    const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
    if (here !== path && comment !== undefined) comments.set(here.join('.'), formatComment(comment));
    ts.forEachChild(node, (child) => visit(child, here, inside || isSchema));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), [], false);
  return comments;
}

function formatComment(comment: ts.JSDoc): string {
  const byDefault = comment.tags?.find(({ tagName }) => tagName.text === 'default');
  const parts = [
    ts.getTextOfJSDocComment(comment.comment),
    byDefault && `Default: ${ts.getTextOfJSDocComment(byDefault.comment)?.replace(/^- /, '')}`,
  ];
  return parts.filter(Boolean).join('\n').replace(/\n/g, ' ');
}

/** Schemas of the properties of an object. */
const propertiesOf = ({ properties = {} }: Schema): [string, Schema][] =>
  Object.entries(properties).flatMap(([name, property]): [string, Schema][] =>
    typeof property === 'boolean' ? [] : [[name, property]],
  );

/** Reads the schema of a property or of an array's items. @throws Error if there is none */
function requireSchema(schema: Schema, place: 'items' | `properties.${string}`): Schema {
  const found = place === 'items' ? schema.items : schema.properties?.[place.slice('properties.'.length)];
  if (found === undefined || typeof found === 'boolean' || Array.isArray(found)) throw new Error(`no ${place}`);
  return found;
}

/** Adds comments to the properties of a schema. @returns the paths without a comment */
function describe(schema: Schema, comments: Comments, path: readonly string[] = []): string[] {
  return propertiesOf(schema).flatMap(([name, property]) => {
    const here = [...path, name];
    const comment = comments.get(here.join('.'));
    if (comment !== undefined) property.description = comment;
    return [...(comment === undefined ? [here.join('.')] : []), ...describe(property, comments, here)];
  });
}

/** Creates the JSON schema of `cdk.json` for editors from the schema that synthesis checks and its comments. */
export function editorSchema(): { readonly schema: Schema; readonly undescribed: readonly string[] } {
  const { $schema: _, ...ccaip }: Schema = z.toJSONSchema(configurationSchema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  });
  const tenant = requireSchema(requireSchema(ccaip, 'properties.tenants'), 'items');
  const endpoints = requireSchema(tenant, 'properties.endpoints');
  const { properties = {}, ...rest } = endpoints;
  const tenantFile = 'tenant-configuration.ts';
  const endpointComments = readComments(tenantFile, 'endpointConfigurationSchema');
  const audit = [...readComments('audit-configuration.ts', 'auditConfigurationSchema')].map(
    ([name, comment]) => [`audit.${name}`, comment] as const,
  );
  tenant.properties = { ...tenant.properties, endpoints: rest };
  const undescribed = [
    ...propertiesOf(endpoints).flatMap(([, endpoint]) => describe(endpoint, endpointComments)),
    ...describe(tenant, readComments(tenantFile, 'tenantConfigurationSchema')),
    ...describe(ccaip, new Map([...readComments('configuration.ts', 'configurationSchema'), ...audit])),
  ];
  rest.properties = properties;
  const schema: Schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'cdk.json of a deployment',
    type: 'object',
    properties: { context: { type: 'object', properties: { ccaip } } },
  };
  return { schema, undescribed };
}
