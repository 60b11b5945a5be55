import type { Template } from 'aws-cdk-lib/assertions';
import { type Json, resource, resources, text } from './template.ts';

interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys, e.g. `dynamodb:LeadingKeys`. */
  readonly context?: Record<string, string | readonly string[]>;
}

/** The statements of the role that a function runs in, with intrinsic functions written out. */
export function statementsOf(template: Template, functionName: string): Json[] {
  const [, { Role }] = resource(template, 'AWS::Lambda::Function', { FunctionName: functionName });
  const role = resources(template, 'AWS::IAM::Role').get(Role['Fn::GetAtt'][0]);
  return role.Policies.flatMap(({ PolicyDocument }: Json) => PolicyDocument.Statement).map((statement: Json) => ({
    ...statement,
    Action: [statement.Action].flat(),
    Resource: [statement.Resource].flat().map(text),
  }));
}

/** Whether IAM would allow a request: some statement allows it (none of ours denies anything). */
export function isAllowed(statements: readonly Json[], { action, resource, context = {} }: Request): boolean {
  return statements.some(
    ({ Effect, Action, Resource, Condition = {}, ...rest }) =>
      Effect === 'Allow' &&
      Object.keys(rest).every((key) => key === 'Sid') &&
      Action.some((pattern: string) => matches(pattern, action)) &&
      Resource.some((pattern: string) => matches(pattern, resource)) &&
      Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, context)),
  );
}

function holds(operator: string, keys: Json, context: NonNullable<Request['context']>): boolean {
  return Object.entries<Json>(keys).every(([key, allowed]) => {
    const patterns = [allowed].flat().map(text);
    const values = [context[key] ?? []].flat();
    if (operator === 'ForAllValues:StringLike')
      return values.every((value) => patterns.some((pattern) => matches(pattern, value)));
    if (operator === 'ForAllValues:StringNotLike')
      return values.every((value) => !patterns.some((pattern) => matches(pattern, value)));
    if (operator === 'StringEquals') return values.length === 1 && patterns.includes(values[0] ?? '');
    throw new Error(`unknown operator ${operator}`);
  });
}

function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(value);
}
