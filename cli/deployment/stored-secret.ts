import { DescribeSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { nameSecret } from '../../lib/configuration/resource-names.ts';
import type { Credential } from '../terminal/credential-input.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Deployment } from './deployment.ts';

/** @throws CommandError that names the known tenants if this tenant has no secret */
export async function requireSecret(deployment: Deployment, tenant: string): Promise<void> {
  try {
    await deployment.secrets.send(new DescribeSecretCommand({ SecretId: nameSecret(deployment.name, tenant) }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
    const { tenants } = await deployment.facts();
    throw new CommandError(
      tenants.includes(tenant)
        ? `secret ${nameSecret(deployment.name, tenant)} was deleted. Restore it in Secrets Manager, or deploy again`
        : `deployment ${deployment.name} has no tenant ${tenant}; ${suggestName(tenant, tenants)}it has ${listNames(tenants, 'ccaip status --deployment lists all', tenant)}`,
    );
  }
}

/** Writes a credential in the format that the functions read. @returns the version of the secret */
export async function writeSecret(
  { secrets, name }: Deployment,
  tenant: string,
  { username, password }: Credential,
): Promise<string> {
  const { VersionId } = await secrets.send(
    new PutSecretValueCommand({
      SecretId: nameSecret(name, tenant),
      SecretString: JSON.stringify({ username, password }),
    }),
  );
  return VersionId ?? '';
}
