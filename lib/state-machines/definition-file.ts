import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Stage, Token } from 'aws-cdk-lib';
import { DefinitionBody, type StateMachineProps } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** Where CloudFormation puts the value of a substitution. */
export const createPlace = (name: string): string => `$\{${name}}`;

/** The partition of AWS in a definition, e.g. `aws`. Every uploaded definition has its value. */
export const PARTITION = createPlace('Partition');

/**
 * Writes the definition of a state machine to a file that is uploaded with the deployment, because a template can hold a megabyte.
 * The file lies beside the templates, in `cdk.out`.
 * @param scope construct of the state machine
 * @param name of the definition
 * @param values of the places in the definition
 * @throws Error if the definition has a reference that is no place: CloudFormation would not resolve it in a file
 */
export function uploadDefinition(
  scope: Construct,
  name: string,
  definition: object,
  values: Readonly<Record<string, string>>,
): Pick<StateMachineProps, 'definitionBody' | 'definitionSubstitutions'> {
  const text = JSON.stringify(definition);
  if (Token.isUnresolved(text)) throw new Error(`the definition of ${name} has a reference that is no place`);
  // two stacks of one app may each have this definition
  const file = join(findOutputFolder(scope), `${scope.node.addr}.${name}.asl.json`);
  writeFileSync(file, text);
  return {
    definitionBody: DefinitionBody.fromFile(file),
    definitionSubstitutions: { Partition: Aws.PARTITION, ...values },
  };
}

function findOutputFolder(scope: Construct): string {
  const stage = Stage.of(scope);
  if (stage === undefined) throw new Error(`${scope.node.path} is in no app`);
  return stage.outdir;
}
