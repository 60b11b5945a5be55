import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretCredential } from './secret-credential.ts';

/** Longest time for which a cached credential is used, milliseconds. After that, a replaced credential is read. */
const KEPT_MS = 3_600_000;

/**
 * Credentials that a container keeps from run to run, in memory only. A read of Secrets Manager costs as much as eight write units
 * of DynamoDB, and most runs have little else to do.
 */
export class CredentialCache {
  readonly #client: SecretsManagerClient;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly credential: SecretCredential; readonly until: number }>();

  /** @param now milliseconds since the epoch */
  constructor(client: SecretsManagerClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** The credential in a secret, as it was read at most an hour ago. */
  of(secretId: string): SecretCredential {
    const kept = this.#kept.get(secretId);
    if (kept !== undefined && this.#now() < kept.until) return kept.credential;
    const credential = new SecretCredential(this.#client, secretId);
    this.#kept.set(secretId, { credential, until: this.#now() + KEPT_MS });
    return credential;
  }

  /** Makes the next run read the secret again: the operator may have fixed it by then. */
  forget(secretId: string): void {
    this.#kept.delete(secretId);
  }
}
