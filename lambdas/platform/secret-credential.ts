import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CredentialError } from '../common/errors.ts';
import { type Credential, type CredentialSource, parseCredential } from './credentials.ts';

/** Credential of a tenant from Secrets Manager. It is read once, and again only if the API refuses it. */
export class SecretCredential implements CredentialSource {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;
  #credential: Credential | undefined;

  constructor(client: SecretsManagerClient, secretId: string) {
    this.#client = client;
    this.#secretId = secretId;
  }

  async get(refresh: boolean): Promise<Credential> {
    if (this.#credential === undefined || refresh) this.#credential = await this.#read();
    return this.#credential;
  }

  async #read(): Promise<Credential> {
    try {
      const answer = await this.#client.send(new GetSecretValueCommand({ SecretId: this.#secretId }));
      return parseCredential(this.#secretId, answer.SecretString);
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException')
        throw new CredentialError(
          `secret ${this.#secretId} has no value: fill it with the tenant's credential, npx ccaip secret set --tenant <name>`,
        );
      throw error;
    }
  }
}
