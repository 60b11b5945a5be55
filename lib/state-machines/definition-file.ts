import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aws, Token } from 'aws-cdk-lib';
import { DefinitionBody, type StateMachineProps } from 'aws-cdk-lib/aws-stepfunctions';

/** Where CloudFormation puts the value of a substitution. */
export const createPlace = (name: string): string => `$\{${name}}`;

/** The partition of AWS in a definition, e.g. `aws`. Every uploaded definition has its value. */
export const PARTITION = createPlace('Partition');

/**
 * Writes the definition of a state machine to a file that is uploaded with the deployment, because a template can hold a megabyte.
 * @param name of the file
 * @param values of the places in the definition
 * @throws Error if the definition has a reference that is no place: CloudFormation would not resolve it in a file
 */
export function uploadDefinition(
  name: string,
  definition: object,
  values: Readonly<Record<string, string>>,
): Pick<StateMachineProps, 'definitionBody' | 'definitionSubstitutions'> {
  const text = JSON.stringify(definition);
  if (Token.isUnresolved(text)) throw new Error(`the definition of ${name} has a reference that is no place`);
  const file = join(mkdtempSync(join(tmpdir(), 'ccaip-')), `${name}.asl.json`);
  writeFileSync(file, text);
  return {
    definitionBody: DefinitionBody.fromFile(file),
    definitionSubstitutions: { Partition: Aws.PARTITION, ...values },
  };
}
