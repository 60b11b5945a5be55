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
 * Where a tenant's API credential belongs, as `{"username": ..., "password": ...}`.
 * It is created without any value: a generated one would look like a credential, be sent to the platform and be refused
 * there, whereas the functions say of an empty one that it has to be filled.
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
      'The platform issues the credential in its admin portal: AWS cannot rotate it. The runbook says how people do.',
    );
    this.arn = secret.ref;
  }
}
