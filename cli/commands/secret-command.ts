import { Command, Option } from 'commander';
import { nameSecret } from '../../lib/configuration/resource-names.ts';
import { askForCredential, confirm, readPiped } from '../terminal/credential-input.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import {
  createDeploymentOptions,
  createJsonOption,
  type DeploymentOptions,
  selectDeployment,
} from './common-options.ts';

interface SecretOptions extends DeploymentOptions {
  readonly tenant: string;
  readonly username?: string;
  readonly yes?: true;
  readonly json?: true;
}

const HELP = `
On a terminal it asks for the user name and the token. It never shows the token. From a pipe it reads
{"username": ..., "password": ...}, or the token alone if you give --username, and does not ask.

Examples:
  $ ccaip secret set --tenant acme --region eu-central-1
  $ vault read -field=token ccaip/acme | ccaip secret set --tenant acme --username acme

To do the same with the AWS CLI:
  $ aws secretsmanager put-secret-value --secret-id ccaip/acme --secret-string file://credential.json`;

export function createSecretCommand(shell: Shell): Command {
  const set = new Command('set')
    .summary("write a tenant's API credential")
    .description('Writes the API credential of a tenant into the secret that the stack created for it.')
    .addOption(new Option('--tenant <name>', 'name of the tenant, as in cdk.json').makeOptionMandatory())
    .addOption(new Option('--username <name>', 'user name, which is the subdomain (default: ask for it)'))
    .addOption(new Option('--yes', 'write without confirmation'));
  for (const option of createDeploymentOptions()) set.addOption(option);
  set
    .addOption(createJsonOption('print one JSON object with secret and version'))
    .addHelpText('after', HELP)
    .action((options: SecretOptions) => setSecret(shell, options));
  return new Command('secret')
    .summary('write the API credential of a tenant')
    .description('Writes the API credentials of the tenants of a deployment.')
    .addCommand(set);
}

async function setSecret(shell: Shell, { tenant, username, yes, json, ...options }: SecretOptions): Promise<void> {
  const [{ withDeployment }, { requireSecret, writeSecret }] = await Promise.all([
    import('../deployment/deployment.ts'),
    import('../deployment/stored-secret.ts'),
  ]);
  const choice = selectDeployment(options);
  const name = nameSecret(choice.deployment, tenant);
  const version = await withDeployment(shell, choice, async (deployment) => {
    await requireSecret(deployment, tenant);
    const onTerminal = shell.stdin.isTTY;
    const credential = onTerminal
      ? await askForCredential(shell, username ?? tenant)
      : await readPiped(shell, username);
    const what = `user name ${credential.username} and a password of ${credential.password.length} characters into secret ${name}`;
    if (onTerminal && !yes && !(await confirm(shell, `Write ${what}?`))) throw new CommandError('nothing was written');
    const written = await writeSecret(deployment, tenant, credential);
    shell.stderr.write(`wrote ${what}. The next run of every function uses it\n`);
    return written;
  });
  if (json) shell.stdout.write(`${JSON.stringify({ secret: name, version }, null, 2)}\n`);
}
