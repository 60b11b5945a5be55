import type * as z from 'zod/mini';
import { type Environment, environmentSchema } from '../aws/environment.ts';
import { ConfigurationError } from '../common/errors.ts';
import { type TenantHosts, tenantHostsSchema } from '../platform/tenant-hosts.ts';

/** Parses an event. @throws ConfigurationError with the values that do not fit */
export function readEvent<Output>(schema: z.ZodMiniType<Output>, event: unknown): Output {
  const parsed = schema.safeParse(event);
  if (!parsed.success) throw new ConfigurationError(`the event does not fit: ${listOf(parsed.error.issues)}`);
  return parsed.data;
}

/** Reads the environment of this function. @throws ConfigurationError with the missing variables */
export const readEnvironment = (): Environment => parseEnvironment(environmentSchema);

/** Reads where this function may send credentials. @throws ConfigurationError with the missing variables */
export const readTenantHosts = (): TenantHosts => parseEnvironment(tenantHostsSchema);

/** Reads environment variables of this function. @throws ConfigurationError with the missing variables */
export function parseEnvironment<Output>(schema: z.ZodMiniType<Output>): Output {
  const parsed = schema.safeParse(process.env);
  if (!parsed.success)
    throw new ConfigurationError(`environment variables are missing: ${listOf(parsed.error.issues)}`);
  return parsed.data;
}

const listOf = (issues: readonly { path: PropertyKey[]; message: string }[]) =>
  issues.map(({ path, message }) => `${path.join('.')} (${message})`).join(', ');
