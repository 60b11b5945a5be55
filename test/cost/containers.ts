import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CredentialCache } from '../../lambdas/platform/credential-cache.ts';

/**
 * How long a container without work is kept, and how long any container lives, milliseconds. AWS promises neither; idle ones have
 * been seen to live for five to seven minutes and longer, busy ones for some hours: functions that run every five minutes
 * find their container again, all others start with a new one.
 */
const KEPT = 6 * 60_000;
const LIVES = 2 * 3_600_000;

interface Container {
  readonly startedAt: number;
  usedAt: number;
  readonly credentials: CredentialCache;
}

/** The containers of all functions: one of each is enough, since a function's runs do not overlap. */
export class Containers {
  /** Containers that were started. */
  started = 0;
  readonly #client: SecretsManagerClient;
  readonly #now: () => number;
  readonly #containers = new Map<string, Container>();

  constructor(client: SecretsManagerClient, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  /** What the container in which a function runs now knows of credentials. */
  credentialsFor(name: string): CredentialCache {
    const now = this.#now();
    let container = this.#containers.get(name);
    if (container === undefined || now - container.usedAt > KEPT || now - container.startedAt > LIVES) {
      container = { startedAt: now, usedAt: now, credentials: new CredentialCache(this.#client, this.#now) };
      this.#containers.set(name, container);
      this.started += 1;
    }
    container.usedAt = now;
    return container.credentials;
  }
}
