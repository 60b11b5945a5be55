import { Stack, Validations } from 'aws-cdk-lib';
import { CfnRole, type Role } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import * as z from 'zod';

const RULES = 'AwsSolutions::AwsSolutions';

/**
 * Suppresses a finding of cdk-nag's AwsSolutions rules.
 * @param rule short name, e.g. `S1`
 * @param reason justification for the reader of the template
 */
export function justify(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `${RULES}-${rule}`, reason });
}

const several = (value: unknown) => [value].flat();
const policiesSchema = z.array(
  z.object({
    policyDocument: z.object({ Statement: z.array(z.object({ Resource: z.unknown().transform(several) })) }),
  }),
);

/**
 * Suppresses findings about justified wildcards in a role's inline policies. Other wildcards remain findings.
 * @param reasonOf justification of a resource such as `<Lake.Arn>/raw/call/*`, or undefined
 */
export function justifyWildcards(role: Role, reasonOf: (resource: string) => string | undefined): void {
  const { defaultChild } = role.node;
  if (!(defaultChild instanceof CfnRole)) return;
  const policies = policiesSchema.parse(Stack.of(role).resolve(defaultChild.policies));
  const resources = policies.flatMap(({ policyDocument }) =>
    policyDocument.Statement.flatMap(({ Resource }) => Resource.map(written)),
  );
  for (const resource of new Set(resources.filter((each) => each.includes('*')))) {
    const reason = reasonOf(resource);
    if (reason !== undefined) justify(role, `IAM5[Resource::${resource}]`, reason);
  }
}

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const attributeSchema = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const referenceSchema = z.object({ Ref: z.string() });

/** Formats a resource as the rules do, with references in angle brackets. */
function written(resource: unknown): string {
  const join = joinSchema.safeParse(resource);
  if (join.success) return join.data['Fn::Join'][1].map(written).join(join.data['Fn::Join'][0]);
  const attribute = attributeSchema.safeParse(resource);
  if (attribute.success) return `<${attribute.data['Fn::GetAtt'].join('.')}>`;
  const reference = referenceSchema.safeParse(resource);
  return reference.success ? `<${reference.data.Ref}>` : String(resource);
}
