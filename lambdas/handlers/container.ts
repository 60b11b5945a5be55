import { type AwsClients, createAwsClients } from '../aws/aws-clients.ts';
import { type Effects, hasProxySettings, systemEffects } from '../common/effects.ts';
import { CredentialCache } from '../platform/credential-cache.ts';

/** What a container of a function that asks platforms keeps from run to run. */
export interface Container {
  readonly aws: AwsClients;
  readonly credentials: CredentialCache;
  readonly effects: Effects;
}

export async function openContainer(): Promise<Container> {
  const aws = createAwsClients();
  return { aws, credentials: new CredentialCache(aws.secrets, systemEffects.now), effects: await createEffects() };
}

/** Loads code that few runs need only for those runs. */
async function createEffects(): Promise<Effects> {
  if (!hasProxySettings(process.env)) return systemEffects;
  const { useProxies } = await import('#proxy');
  return useProxies(systemEffects, process.env);
}
