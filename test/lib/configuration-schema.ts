import { readFileSync } from 'node:fs';
import ts from 'typescript';
import * as z from 'zod';
import { configurationSchema } from '../../lib/configuration/configuration.ts';
import type { Json } from './template.ts';

/** Comments on the properties of a schema in the source, by path, e.g. `vpc.subnetIds`. */
function commentsIn(file: string, name: string): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node, path: readonly string[], inside: boolean): void => {
    const isSchema = ts.isVariableDeclaration(node) && node.name.getText() === name;
    const here = inside && ts.isPropertyAssignment(node) ? [...path, node.name.getText()] : path;
    const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
    if (here !== path && comment !== undefined) comments.set(here.join('.'), textOf(comment));
    ts.forEachChild(node, (child) => visit(child, here, inside || isSchema));
  };
  visit(source, [], false);
  return comments;
}

function textOf(comment: ts.JSDoc): string {
  const byDefault = comment.tags?.find(({ tagName }) => tagName.text === 'default');
  const parts = [
    ts.getTextOfJSDocComment(comment.comment),
    byDefault && `Default: ${ts.getTextOfJSDocComment(byDefault.comment)?.replace(/^- /, '')}`,
  ];
  return parts.filter(Boolean).join('\n').replace(/\n/g, ' ');
}

/** Puts comments where they belong in a JSON schema. @returns the paths that have none */
function describe(schema: Json, comments: ReadonlyMap<string, string>, path: readonly string[] = []): string[] {
  return Object.entries<Json>(schema.properties ?? {}).flatMap(([name, property]) => {
    const here = [...path, name];
    const comment = comments.get(here.join('.'));
    if (comment !== undefined) property.description = comment;
    return [...(comment === undefined ? [here.join('.')] : []), ...describe(property, comments, here)];
  });
}

/** The JSON schema of `cdk.json` for editors, made of the schema that is checked at synthesis and the comments on it. */
export function editorSchema(): { schema: Json; undescribed: string[] } {
  const ccaip: Json = z.toJSONSchema(configurationSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  delete ccaip.$schema;
  const tenant = ccaip.properties.tenants.items;
  const { endpoints } = tenant.properties;
  const { properties, ...rest } = endpoints;
  const tenantFile = 'lib/configuration/tenant-configuration.ts';
  tenant.properties.endpoints = rest;
  const undescribed = [
    ...Object.values<Json>(properties).flatMap((endpoint) =>
      describe(endpoint, commentsIn(tenantFile, 'endpointConfigurationSchema')),
    ),
    ...describe(tenant, commentsIn(tenantFile, 'tenantConfigurationSchema')),
    ...describe(ccaip, commentsIn('lib/configuration/configuration.ts', 'configurationSchema')),
  ];
  rest.properties = properties;
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'cdk.json of a deployment',
    type: 'object',
    properties: { context: { type: 'object', properties: { ccaip } } },
  };
  return { schema, undescribed };
}
