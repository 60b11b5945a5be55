import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { nameSecret } from '../configuration/resource-names.ts';
import { justify } from '../security/justified.ts';

export interface TenantSecretProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Name of the tenant. */
  readonly tenant: string;
  /**
   * Key that encrypts the secret.
   * @default - the account's key for Secrets Manager, managed by AWS
   */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The secret for a tenant's API credential, `{"username": ..., "password": ...}`.
 * It is created empty. A generated value would look like a credential and be refused by the platform. If the secret is empty,
 * the functions say that it has to be filled.
 */
export class TenantSecret extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment, tenant, encryptionKey }: TenantSecretProps) {
    super(scope, id);
    this.name = nameSecret(deployment, tenant);
    const secret = new CfnSecret(this, 'Secret', {
      name: this.name,
      description: `Credential of the CCAI Platform API for ${tenant}: {"username": "<subdomain>", "password": "<API credential token>"}`,
      ...(encryptionKey !== undefined && { kmsKeyId: encryptionKey.keyArn }),
    });
    justify(
      secret,
      'SMG4',
      'The platform issues the credential in its admin portal, so AWS cannot rotate it. The runbook describes manual rotation.',
    );
    this.arn = secret.ref;
  }
}
