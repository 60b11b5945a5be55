import { InvalidArgumentError, Option } from 'commander';
import { parseTimestamp } from '../../catalog/timestamp.ts';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import { DEFAULT_DEPLOYMENT } from '../../lib/configuration/resource-names.ts';
import { isDay } from '../../sql/queries/parameters.ts';

/** Folder of all local data without `--dir`. */
const DEFAULT_FOLDER = '.ccaip';

export const createDirOption = () =>
  new Option('--dir <folder>', 'folder of the local data').default(DEFAULT_FOLDER).argParser(folder);

/** Options that select a deployment in AWS. */
export const createDeploymentOptions = () => [
  // without a name the option still selects AWS
  new Option('--deployment [name]', `name of the deployment in cdk.json (default: ${DEFAULT_DEPLOYMENT})`).preset(
    DEFAULT_DEPLOYMENT,
  ),
  new Option('--region <region>', "AWS region (default: AWS_REGION, or the profile's)"),
  new Option('--profile <name>', 'AWS profile (default: AWS_PROFILE, or the usual credentials)'),
];

/** The parsed deployment options. */
export interface DeploymentOptions {
  readonly deployment?: string;
  readonly region?: string;
  readonly profile?: string;
}

/** The selected deployment, with the default name if none is given. */
export const selectDeployment = ({ deployment = DEFAULT_DEPLOYMENT, region, profile }: DeploymentOptions) => ({
  deployment,
  ...(region !== undefined && { region }),
  ...(profile !== undefined && { profile }),
});

export const createJsonOption = (description: string) => new Option('--json', description);

export const createTenantOption = () =>
  new Option('--tenant <name>', 'only this tenant (default: all)').argParser(parseTenantName);

function parseTenantName(text: string): string {
  if (tenantSchema.shape.name.safeParse(text).success) return text;
  throw new InvalidArgumentError('Give the name of a tenant: lower case letters, digits and hyphens, at most 40.');
}

/** Options that describe the simulated contact centre. */
export const createSimulationOptions = () => [
  new Option('--seed <number>', 'seed of the simulation; the same seed gives the same contact centre').argParser(
    parseWholeNumber(0),
  ),
  new Option('--seats <number>', 'number of agents (default: 60)').argParser(parseWholeNumber(2, 2000)),
  new Option('--days <number>', 'number of days with calls (default: 14)').argParser(parseWholeNumber(1, 366)),
  new Option('--start <date>', 'first day (UTC)').argParser(instant),
];

function folder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Give the name of a folder.');
  return text;
}

/** Parses a whole number. */
export const parseWholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Give a whole number ${range}.`);
  };

/** Parses a number that may have decimals. */
export const parseDecimalNumber =
  (least: number, most = Number.MAX_VALUE) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_VALUE ? `Give a number of at least ${least}.` : `Give a number from ${least} to ${most}.`,
    );
  };

/** Parses a date or a time in UTC. @returns ISO 8601 */
function instant(text: string): string {
  const time = timeOf(text);
  if (time === null) throw new InvalidArgumentError('Give a date like 2026-11-02 or a time like 2026-11-02T08:00:00Z.');
  return new Date(time).toISOString();
}

/** Parses a day. @returns YYYY-MM-DD */
export function parseDay(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError('Give a date like 2026-11-02.');
}

/** A fixed time, or a number of milliseconds before a clock that is read later. */
export type Since = { readonly at: number } | { readonly before: number };

const DAY = 86_400_000;

/** Parses `30d` or a date. */
export function parseSince(text: string): Since {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined) return { before: Number(days) * DAY };
  const at = timeOf(text);
  if (at === null) throw new InvalidArgumentError('Give a number of days like 30d or a date like 2026-11-02.');
  return { at };
}

/** Resolves a moment against a clock. @returns ISO 8601 */
export const readSince = (moment: Since, now: number): string =>
  new Date('at' in moment ? moment.at : now - moment.before).toISOString();

/** A day stands for its start in UTC. */
const timeOf = (text: string): number | null => parseTimestamp(isDay(text) ? `${text}T00:00:00Z` : text);
