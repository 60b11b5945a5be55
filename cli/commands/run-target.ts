import { readTimestamp } from '../../catalog/timestamp.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import type { QuirkName } from '../../simulator/quirks.ts';
import type { SimulationOptions } from '../../simulator/simulation-options.ts';
import { UsageError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { readSince, type Since } from './common-options.ts';
import { readNote, writeNote } from './folder-note.ts';
import { startSimulatedTenant } from './simulated-tenant.ts';

export interface RunTargetOptions {
  readonly dir: string;
  readonly baseUrl?: string;
  readonly tenant?: string;
  readonly since: Since;
  readonly rate?: number;
  readonly seed?: number;
  readonly seats?: number;
  readonly days?: number;
  readonly start?: string;
  readonly quirk?: readonly QuirkName[];
}

/** The tenant that a run ingests from. */
export interface RunTarget {
  readonly title: string;
  readonly tenant: IngestEvent['tenant'];
  readonly secrets: Readonly<Record<string, { username: string; password: string }>>;
  /** Time of the platform at the start of the run, epoch milliseconds. */
  readonly now: number;
  /** Describes the content of the folder in a file. Call it after the folder is locked. */
  claim(): Promise<void>;
  close(): Promise<void>;
}

const NAME = tenantSchema.shape.name;
const SIMULATED = 'demo';
const DEFAULT_RATE = 8;

/** @throws UsageError if the options contradict each other */
export async function openRunTarget(shell: Shell, options: RunTargetOptions): Promise<RunTarget> {
  if (options.tenant !== undefined && !NAME.safeParse(options.tenant).success)
    throw new UsageError(
      `tenant "${options.tenant}" is not a valid name. Use lower case letters, digits and hyphens, at most 40 characters`,
    );
  return options.baseUrl === undefined ? simulated(options) : real(shell, options, options.baseUrl);
}

async function real(shell: Shell, options: RunTargetOptions, baseUrl: string): Promise<RunTarget> {
  for (const name of ['seed', 'seats', 'days', 'start', 'quirk'] as const)
    if (options[name] !== undefined)
      throw new UsageError(`--${name} is for the simulator. Leave it out with --base-url`);
  checkBaseUrl(baseUrl);
  const credential = readCredential(shell);
  const name = options.tenant ?? nameOf(baseUrl);
  const now = shell.now();
  return {
    title: `tenant ${name} at ${baseUrl} into ${options.dir}`,
    tenant: {
      name,
      baseUrl,
      secretId: name,
      requestsPerSecond: options.rate ?? DEFAULT_RATE,
      historyStart: historyStart(options.since, now),
    },
    secrets: { [name]: credential },
    now,
    claim: async () => {
      const note = await readNote(options.dir);
      await writeNote(options.dir, { ...note, content: 'runs' });
    },
    close: async () => undefined,
  };
}

/** @throws UsageError if the start is in the future, because nothing would be ingested */
function historyStart(moment: Since, now: number): string {
  const start = readSince(moment, now);
  if (readTimestamp(start) > now)
    throw new UsageError(`--since ${start} is in the future. Give an earlier date or leave it out`);
  return start;
}

/** Reads the credential of a tenant from the environment. @throws UsageError if a part is missing */
export function readCredential({ environment }: Shell): { username: string; password: string } {
  const { CCAIP_USERNAME: username, CCAIP_PASSWORD: password } = environment;
  if (username && password) return { username, password };
  throw new UsageError(
    `${username ? 'CCAIP_PASSWORD is' : password ? 'CCAIP_USERNAME is' : 'CCAIP_USERNAME and CCAIP_PASSWORD are'} missing. Set CCAIP_USERNAME to the subdomain and CCAIP_PASSWORD to an API credential token`,
  );
}

/** Checks a base URL. Call it before the URL is printed, because it may contain a password. @throws UsageError */
export function checkBaseUrl(baseUrl: string): void {
  try {
    parseBaseUrl(baseUrl);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new UsageError(error.message);
    throw error;
  }
}

/** The subdomain if it is a valid name, otherwise `tenant`. */
function nameOf(baseUrl: string): string {
  const [first = ''] = new URL(baseUrl).hostname.split('.');
  return NAME.safeParse(first).success && !/^\d+$/.test(first) ? first : 'tenant';
}

/** Opens the simulated centre of the folder. A new folder gets the one of the options or of the demo. */
async function simulated(options: RunTargetOptions): Promise<RunTarget> {
  const note = await readNote(options.dir);
  const known = note?.simulation;
  const { seed, seats, days, start } = options;
  const asked: SimulationOptions = Object.fromEntries(
    Object.entries({ seed, seats, days, start }).filter(([, value]) => value !== undefined),
  );
  if (
    known &&
    Object.entries(asked).some(([name, value]) => new Map<string, unknown>(Object.entries(known)).get(name) !== value)
  )
    throw new UsageError(
      `${options.dir} holds another simulated centre (${describe(known)}). Leave out --seed, --seats, --days and --start, or choose another folder with --dir`,
    );
  const centre = await startSimulatedTenant(known ?? asked, options.tenant ?? SIMULATED, options.quirk);
  const { requestsPerSecond = DEFAULT_RATE } = centre.tenant;
  return {
    title: `simulated centre (${describe(centre.simulation.options)}) into ${options.dir}`,
    tenant: {
      ...centre.tenant,
      requestsPerSecond: options.rate ?? requestsPerSecond,
      historyStart: readSince(options.since, centre.now),
    },
    secrets: centre.secrets,
    now: centre.now,
    claim: () =>
      writeNote(options.dir, { ...note, content: note?.content ?? 'runs', simulation: centre.simulation.options }),
    close: () => centre.server.close(),
  };
}

const describe = ({ seed, seats, days, start }: Required<SimulationOptions>) =>
  `seed ${seed}, ${seats} seats, ${days} days from ${start.slice(0, 10)}`;
