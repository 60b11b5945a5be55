import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Template } from 'aws-cdk-lib/assertions';
import { type Json, resource, resources, text } from './template.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A key policy must delegate to its account: then the permissions of a role decide. */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
};

/** Something a function asks AWS for. Its resource may have references as `text` writes them, e.g. `${Lake.Arn}/raw/x`. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys, e.g. `dynamodb:LeadingKeys`. */
  readonly context?: Record<string, string | string[]>;
}

/** Names and ARNs that CloudFormation would give to what a template refers to. */
function namesIn(template: Template): ReadonlyMap<string, string> {
  const names = new Map(Object.entries(PSEUDO_PARAMETERS));
  const add = (type: string, entries: (id: string, properties: Json) => Record<string, string>) => {
    for (const [id, properties] of resources(template, type))
      for (const [attribute, value] of Object.entries(entries(id, properties)))
        names.set(attribute === 'Ref' ? id : `${id}.${attribute}`, value);
  };
  const arn = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;
  add('AWS::S3::Bucket', (id) => ({ Ref: id.toLowerCase(), Arn: `arn:aws:s3:::${id.toLowerCase()}` }));
  add('AWS::DynamoDB::Table', (id) => ({ Ref: id, Arn: arn('dynamodb', `table/${id}`) }));
  add('AWS::SQS::Queue', (_, { QueueName }) => ({ QueueName, Arn: arn('sqs', QueueName) }));
  add('AWS::Logs::LogGroup', (_, { LogGroupName }) => ({
    Ref: LogGroupName,
    Arn: arn('logs', `log-group:${LogGroupName}:*`),
  }));
  add('AWS::SecretsManager::Secret', (_, { Name }) => ({ Ref: arn('secretsmanager', `secret:${Name}-AbCdEf`) }));
  add('AWS::StepFunctions::StateMachine', (_, { StateMachineName }) => ({
    Ref: arn('states', `stateMachine:${StateMachineName}`),
  }));
  add('AWS::Lambda::Function', (_, { FunctionName }) => ({ Arn: arn('lambda', `function:${FunctionName}`) }));
  return names;
}

const known = new WeakMap<Template, ReadonlyMap<string, string>>();

/** A value with its references written out as names and ARNs. */
export function concrete(template: Template, value: Json): string {
  const names = known.get(template) ?? namesIn(template);
  known.set(template, names);
  return text(value).replace(/\$\{([^}]+)\}/g, (_, reference: string) => {
    const name = names.get(reference);
    if (name === undefined) throw new Error(`no name is known for ${reference}`);
    return name;
  });
}

/** Resources that run in a role: the type, and the properties with the name and the role. */
const KINDS = {
  function: ['AWS::Lambda::Function', 'FunctionName', 'Role'],
  'state machine': ['AWS::StepFunctions::StateMachine', 'StateMachineName', 'RoleArn'],
} as const;
type Kind = keyof typeof KINDS;

/** The statements of the role that a function or a state machine runs in, with names and ARNs written out. */
export function statementsOf(template: Template, name: string, kind: Kind = 'function'): Json[] {
  const [type, nameProperty, roleProperty] = KINDS[kind];
  const [, properties] = resource(template, type, { [nameProperty]: name });
  const role = resources(template, 'AWS::IAM::Role').get(properties[roleProperty]['Fn::GetAtt'][0]);
  return role.Policies.flatMap(({ PolicyDocument }: Json) => PolicyDocument.Statement).map((statement: Json) => ({
    ...statement,
    Action: [statement.Action].flat(),
    Resource: [statement.Resource].flat().map((each) => concrete(template, each)),
    ...(statement.Condition && { Condition: concreteCondition(template, statement.Condition) }),
  }));
}

const concreteCondition = (template: Template, condition: Json) =>
  Object.fromEntries(
    Object.entries<Json>(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries<Json>(keys).map(([key, values]) => [
          key,
          [values].flat().map((value) => concrete(template, value)),
        ]),
      ),
    ]),
  );

/** Whether IAM would let a function or a state machine do something, by an independent simulation of IAM. */
export async function isAllowed(
  template: Template,
  name: string,
  request: Request,
  kind: Kind = 'function',
): Promise<boolean> {
  const { action, context = {} } = request;
  const simulation: Simulation = {
    identityPolicies: [
      { name: 'role', policy: { Version: '2012-10-17', Statement: statementsOf(template, name, kind) } },
    ],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(action.startsWith('kms:') && { resourcePolicy: KEY_POLICY }),
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      action,
      resource: { resource: concrete(template, request.resource), accountId: ACCOUNT },
      contextVariables: context,
    },
  };
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType === 'error')
    throw new Error(`${action} on ${request.resource}: ${JSON.stringify(outcome.errors)}`);
  return outcome.overallResult === 'Allowed';
}
