import * as z from 'zod/mini';
import { CredentialError } from '../common/errors.ts';

/** User name (the tenant's subdomain) and password (an API credential token) for HTTP Basic authentication. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Where a credential comes from. */
export interface CredentialSource {
  /** @param refresh true to bypass the cache, after the API refused the credential */
  get(refresh: boolean): Promise<Credential>;
}

const secretSchema = z.object({
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
});

/**
 * Reads the text of a tenant's secret.
 * @throws CredentialError if it is empty or lacks a part; the message never shows its content
 */
export function parseCredential(secretId: string, text: string | undefined): Credential {
  const fix = `fill it with {"username": "<subdomain>", "password": "<API credential token>"}`;
  if (text === undefined || text.trim() === '') throw new CredentialError(`secret ${secretId} is empty: ${fix}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CredentialError(`secret ${secretId} is not JSON: ${fix}`);
  }
  const parsed = secretSchema.safeParse(value);
  if (!parsed.success) throw new CredentialError(`secret ${secretId} lacks username or password: ${fix}`);
  return parsed.data;
}

/** The `Authorization` header of a credential. */
export function createAuthorization({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
