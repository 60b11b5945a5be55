import { Command, Option } from 'commander';
import { systemEffects } from '../../lambdas/common/effects.ts';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { findProxy, parseProxies, useProxies } from '../../lambdas/platform/proxy.ts';
import type { Finding } from '../doctor/finding.ts';
import { count } from '../terminal/counting.ts';
import { SilentFailure } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
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
  readonly json?: true;
}

const HELP = `
A tenant: DNS, TLS, credential, which collections answer, the order of their pages, Total and Link, clock, rate. One
request for each of the eight collections, at most --rate a second. The credential is read from CCAIP_USERNAME and
CCAIP_PASSWORD. Without --base-url a simulated contact centre is examined.

A deployment (with any of --deployment, --region, --profile): stack, secrets, tables, functions, dead-letter queues, and
how the last run of every tenant's endpoint went. It changes nothing.

Ends with 1 if anything is wrong; a warning is not.

Examples:
  $ ccaip doctor --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1
  $ ccaip doctor --deployment --region eu-central-1
  $ ccaip doctor --profile prod --json`;

/** Quick, and leaves most of the rate to others. */
const RATE = 2;
const SIMULATION = { seats: 8, days: 2 };

export function createDoctorCommand(shell: Shell): Command {
  const command = new Command('doctor')
    .summary('examine a tenant or a deployment')
    .description('Finds out what is wrong with a tenant or a deployment and says what to do about it.')
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API, with its path prefix'))
    .addOption(
      new Option('--rate <number>', 'most requests per second').default(RATE).argParser(parseDecimalNumber(0.01, 1000)),
    );
  for (const option of createDeploymentOptions()) command.addOption(option.conflicts('baseUrl'));
  return command
    .addOption(createJsonOption('print a JSON array: one object per finding'))
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
  { baseUrl, rate, json: _, ...options }: DoctorOptions,
): Promise<readonly Finding[]> {
  const { now, lookUp } = shell;
  if (Object.values(options).some((value) => value !== undefined)) {
    const [{ withDeployment }, { examineDeployment }] = await Promise.all([
      import('../deployment/deployment.ts'),
      import('../doctor/deployment-checks.ts'),
    ]);
    return withDeployment(shell, selectDeployment(options), (deployment) => examineDeployment(deployment, now()));
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
  shell.stderr.write('examining a simulated contact centre: give --base-url for a tenant, --deployment for AWS\n');
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

/** Neighbours of one kind that say the same become one line: most of what there is to say is that all is well. */
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

const kindOf = ({ subject, state, found, todo }: Finding) =>
  JSON.stringify([subject.split(' ')[0], state, found, todo]);

const SIGNS = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' } as const;

function reportOf(findings: readonly Finding[]): string {
  const shown = alikeTogether(findings);
  const width = Math.max(...shown.map(({ subject }) => subject.length));
  const lines = shown.map(({ subject, state, found, todo }) => {
    const line = `${SIGNS[state]}  ${subject.padEnd(width)}  ${found}\n`;
    return todo === null ? line : `${line}${' '.repeat(width + 11)}-> ${todo}\n`;
  });
  const number = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  return `${lines.join('')}\n${count(findings.length, 'finding')}: ${number('wrong')} wrong, ${count(number('warning'), 'warning')}\n`;
}
