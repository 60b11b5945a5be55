import { Command, Option } from 'commander';
import { systemEffects } from '../../lambdas/common/effects.ts';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { findProxy, parseProxies, useProxies } from '../../lambdas/platform/proxy.ts';
import type { Finding } from '../doctor/finding.ts';
import { count } from '../terminal/counting.ts';
import { SilentFailure } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { MAX_TABLE_WIDTH } from '../terminal/text-table.ts';
import { wrapWords } from '../terminal/wrap-words.ts';
import {
  createDeploymentOptions,
  createJsonOption,
  type DeploymentOptions,
  parseDecimalNumber,
  selectDeployment,
} from './common-options.ts';
import { checkBaseUrl, readCredential } from './run-target.ts';
import { startSimulatedTenant } from './simulated-tenant.ts';

interface DoctorOptions extends DeploymentOptions {
  readonly baseUrl?: string;
  readonly rate: number;
  readonly settings: string;
  readonly json?: true;
}

const HELP = `
With --base-url it checks a tenant: DNS, TLS, credential, collections, and what differs from the API's reference:
Total, Link and Per-Page, the ends of collections, filters, clock, time formats, ids, large records.
It sends up to 7 requests to each of calls, chats and agent status history, and up to 5 to each of the others,
at most --rate per second.
"=>" says what ingestion does about a finding, "->" says what to do.
Set the credential in CCAIP_USERNAME and CCAIP_PASSWORD. Without --base-url it checks a simulated contact centre.

With --deployment, --region or --profile it checks a deployment: stack, secrets, tables, functions, dead-letter queues
and the last run of each endpoint. It compares --settings with the deployment, and says which changes would lose or
hide data if you deployed them. It changes nothing.

The exit code is 1 if anything is wrong. Warnings do not count.

Examples:
  $ ccaip doctor --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1
  $ ccaip doctor --deployment --region eu-central-1
  $ ccaip doctor --profile prod --json`;

/** Fast enough, and leaves most of the rate budget to other clients. */
const RATE = 2;
const SIMULATION = { seats: 8, days: 2 };

export function createDoctorCommand(shell: Shell): Command {
  const command = new Command('doctor')
    .summary('check a tenant or a deployment')
    .description('Checks a tenant or a deployment and says how to fix what is wrong.')
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API, with its path prefix'))
    .addOption(
      new Option('--rate <number>', 'maximum requests per second')
        .default(RATE)
        .argParser(parseDecimalNumber(0.01, 1000)),
    );
  command.addOption(
    new Option('--settings <file>', 'settings to compare with a deployment before you deploy them').default('cdk.json'),
  );
  for (const option of createDeploymentOptions()) command.addOption(option.conflicts('baseUrl'));
  return command
    .addOption(createJsonOption('print a JSON array with one object per finding'))
    .addHelpText('after', HELP)
    .action((options: DoctorOptions) => doctor(shell, options));
}

async function doctor(shell: Shell, options: DoctorOptions): Promise<void> {
  const findings = await examine(shell, options);
  shell.stdout.write(options.json ? `${JSON.stringify(findings, null, 2)}\n` : reportOf(findings));
  if (findings.some(({ state }) => state === 'wrong')) throw new SilentFailure();
}

async function examine(
  shell: Shell,
  { baseUrl, rate, settings, json: _, ...options }: DoctorOptions,
): Promise<readonly Finding[]> {
  const { now, lookUp } = shell;
  if (Object.values(options).some((value) => value !== undefined)) {
    const [{ withDeployment }, { examineDeployment }, { readSettings }] = await Promise.all([
      import('../deployment/deployment.ts'),
      import('../doctor/deployment-checks.ts'),
      import('../doctor/settings-checks.ts'),
    ]);
    const written = await readSettings(settings);
    return withDeployment(shell, selectDeployment(options), (deployment) =>
      examineDeployment(deployment, now(), written),
    );
  }
  const { examineTenant } = await import('../doctor/tenant-checks.ts');
  if (baseUrl !== undefined) {
    checkBaseUrl(baseUrl);
    const credential = readCredential(shell);
    const { environment } = shell;
    return examineTenant({
      baseUrl: parseBaseUrl(baseUrl),
      credential,
      rate,
      proxy: findProxy(parseProxies(environment), parseBaseUrl(baseUrl)),
      effects: { ...useProxies(systemEffects, environment), now, lookUp },
    });
  }
  shell.stderr.write(
    'checking a simulated contact centre. Give --base-url to check a tenant, or --deployment to check AWS\n',
  );
  const centre = await startSimulatedTenant(SIMULATION, 'demo');
  try {
    return await examineTenant({
      baseUrl: parseBaseUrl(centre.tenant.baseUrl),
      credential: centre.secrets.demo ?? { username: '', password: '' },
      rate: 1000,
      effects: { ...systemEffects, now: () => centre.now, lookUp },
    });
  } finally {
    await centre.server.close();
  }
}

/** Merges adjacent findings of one kind with the same text into one line, because most findings are `ok`. */
function alikeTogether(findings: readonly Finding[]): Finding[] {
  const shown: { finding: Finding; more: number }[] = [];
  for (const finding of findings) {
    const last = shown.at(-1);
    if (last !== undefined && kindOf(last.finding) === kindOf(finding)) last.more += 1;
    else shown.push({ finding, more: 0 });
  }
  return shown.map(({ finding, more }) =>
    more === 0 ? finding : { ...finding, subject: `${finding.subject} and ${more} more` },
  );
}

const kindOf = ({ subject, state, found, todo, handling }: Finding) =>
  JSON.stringify([subject.split(' ')[0], state, found, todo, handling]);

const SIGNS = { ok: 'ok     ', note: 'note   ', warning: 'warning', wrong: 'WRONG  ' } as const;

/** Folds a text that starts at a column, so that no line is longer than a table. */
const foldText = (text: string, column: number): string =>
  wrapWords(text, MAX_TABLE_WIDTH - column).replaceAll('\n', `\n${' '.repeat(column)}`);

function reportOf(findings: readonly Finding[]): string {
  const shown = alikeTogether(findings);
  const width = Math.max(...shown.map(({ subject }) => subject.length));
  const lines = shown.map(({ subject, state, found, handling, todo }) => {
    const line = `${SIGNS[state]}  ${subject.padEnd(width)}  ${foldText(found, width + 11)}\n`;
    const under = (sign: string, text: string | null | undefined) =>
      text === null || text === undefined ? '' : `${' '.repeat(width + 11)}${sign} ${foldText(text, width + 14)}\n`;
    return `${line}${under('=>', handling)}${under('->', todo)}`;
  });
  const number = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  return `${lines.join('')}\n${count(findings.length, 'finding')}: ${number('wrong')} wrong, ${count(number('warning'), 'warning')}, ${count(number('note'), 'note')}\n`;
}
