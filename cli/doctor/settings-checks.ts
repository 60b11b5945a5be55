import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { type Configuration, parseConfiguration } from '../../lib/configuration/configuration.ts';
import { ConfigurationError } from '../../lib/configuration/configuration-error.ts';
import { deployedSettingsSchema } from '../../lib/configuration/deployed-settings.ts';
import { readTenantName } from '../../lib/configuration/tenant-configuration.ts';
import type { StackFacts } from '../deployment/deployment.ts';
import { type Finding, reportOk, reportWarning, reportWrong } from './finding.ts';

/** Where the safe ways are described. */
const PAGE = 'docs/upgrade.md#settings-that-need-care';

const fileSchema = z.object({ context: z.object({ ccaip: z.unknown() }) });

/** Settings as written, with the name of their file. */
export interface WrittenSettings {
  readonly file: string;
  readonly configuration: Configuration | ConfigurationError;
}

/**
 * Reads the settings of a deployment from `cdk.json`.
 * @returns undefined if there is no such file, or none with settings of this product
 */
export async function readSettings(file: string): Promise<WrittenSettings | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { data } = fileSchema.safeParse(parseText(text));
  if (data?.context.ccaip === undefined) return undefined;
  try {
    return { file, configuration: parseConfiguration(data.context.ccaip) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { file, configuration: error };
    throw error;
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Compares settings with what is deployed, and says which changes the next deployment would make that lose or hide data.
 * @param deployment name of the deployment
 */
export function compareSettings(
  deployment: string,
  { tenants, settings }: Pick<StackFacts, 'tenants' | 'settings'>,
  { file, configuration }: WrittenSettings,
): Finding[] {
  if (configuration instanceof ConfigurationError)
    return [reportWrong(file, configuration.message, 'correct it before you deploy')];
  if (configuration.name !== deployment)
    return [
      reportWarning(
        `${file} name`,
        `is ${configuration.name}: a deployment creates a second stack beside ${deployment}, with an empty bucket and empty tables`,
        `keep the name ${deployment}, or give --deployment ${configuration.name} to check that one (${PAGE})`,
      ),
    ];
  const deployed = settings === undefined ? undefined : deployedSettingsSchema.parse(JSON.parse(settings));
  const findings = [
    ...compareTenants(file, tenants, configuration),
    ...(deployed === undefined
      ? []
      : [...compareNames(file, deployed, configuration), ...compareKeys(file, deployed, configuration)]),
  ];
  return findings.length > 0 ? findings : [reportOk(file, 'a deployment creates no empty store and deletes no secret')];
}

function compareTenants(file: string, deployed: readonly string[], { tenants }: Configuration): Finding[] {
  const names = tenants.map(readTenantName);
  const added = names.filter((name) => !deployed.includes(name));
  return deployed
    .filter((name) => !names.includes(name))
    .map((name) =>
      reportWarning(
        `${file} tenants`,
        `${name} is missing: a deployment deletes its secret and hides its data${added.length === 0 ? '' : `, and ${added.join(', ')} reads its whole history with an empty secret`}`,
        added.length === 0
          ? `to stop reading it, set "enabled": false for its endpoints (${PAGE})`
          : `to rename it, keep "name": "${name}" and change subdomain, domain or baseUrl (${PAGE})`,
      ),
    );
}

type Deployed = z.infer<typeof deployedSettingsSchema>;

const STORES = { lakeBucket: 'bucket', metricsTable: 'table', stateTable: 'table' } as const;

function compareNames(file: string, { names: deployed }: Deployed, { names, adopt }: Configuration): Finding[] {
  const resources = ['lakeBucket', 'metricsTable', 'stateTable'] as const;
  return resources
    .filter((resource) => deployed[resource] !== names[resource] && !adopt.includes(resource))
    .map((resource) =>
      reportWarning(
        `${file} names.${resource}`,
        `is ${names[resource] ?? 'not given'}, and was ${deployed[resource] ?? 'not given'}: CloudFormation creates an empty ${STORES[resource]}, and the old one is no longer read`,
        names[resource] === undefined
          ? `keep the name (${PAGE})`
          : `if it exists, list ${resource} in adopt; otherwise leave the name out (${PAGE})`,
      ),
    );
}

function compareKeys(
  file: string,
  { encryptionKeyArn: before }: Deployed,
  { encryptionKeyArn: after }: Configuration,
): Finding[] {
  if (before === after) return [];
  if (before === undefined)
    return [
      reportWarning(
        `${file} encryptionKeyArn`,
        'is new: objects that exist stay encrypted with the key of S3, and new ones use it',
        `nothing has to be done. Its key policy must allow this account (${PAGE})`,
      ),
    ];
  return [
    reportWarning(
      `${file} encryptionKeyArn`,
      `is ${after ?? 'not given'}, and was ${before}: functions lose the right to use the old key, and cannot read older objects`,
      `let the policy of the old key admit the roles of the functions as long as its objects are there (${PAGE})`,
    ),
  ];
}
