import { readTimestamp } from '../../catalog/timestamp.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
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
}

/** The tenant that a run ingests from. */
export interface RunTarget {
  readonly title: string;
  readonly tenant: IngestEvent['tenant'];
  readonly secrets: Readonly<Record<string, { username: string; password: string }>>;
  /** Time there at the start of the run, epoch milliseconds. */
  readonly now: number;
  /** Notes in the folder what is going to be in it; call it when the folder is ours. */
  claim(): Promise<void>;
  close(): Promise<void>;
}

const NAME = tenantSchema.shape.name;
const SIMULATED = 'demo';
const DEFAULT_RATE = 8;

/** @throws UsageError if the options do not fit together */
export async function openRunTarget(shell: Shell, options: RunTargetOptions): Promise<RunTarget> {
  if (options.tenant !== undefined && !NAME.safeParse(options.tenant).success)
    throw new UsageError(
      `tenant "${options.tenant}" is no valid name: use lower case letters, digits and hyphens, at most 40`,
    );
  return options.baseUrl === undefined ? simulated(options) : real(shell, options, options.baseUrl);
}

async function real(shell: Shell, options: RunTargetOptions, baseUrl: string): Promise<RunTarget> {
  for (const name of ['seed', 'seats', 'days', 'start'] as const)
    if (options[name] !== undefined)
      throw new UsageError(`--${name} is for the simulator: leave it out with --base-url`);
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

/** @throws UsageError if it is later than now: nothing would ever be ingested */
function historyStart(moment: Since, now: number): string {
  const start = readSince(moment, now);
  if (readTimestamp(start) > now)
    throw new UsageError(`--since ${start} lies in the future: give an earlier date or leave it out`);
  return start;
}

/** The credential of a tenant that is tried from this machine. @throws UsageError if a part of it is missing */
export function readCredential({ environment }: Shell): { username: string; password: string } {
  const { CCAIP_USERNAME: username, CCAIP_PASSWORD: password } = environment;
  if (username && password) return { username, password };
  throw new UsageError(
    `${username ? 'CCAIP_PASSWORD is' : password ? 'CCAIP_USERNAME is' : 'CCAIP_USERNAME and CCAIP_PASSWORD are'} missing: set the subdomain as CCAIP_USERNAME and an API credential token as CCAIP_PASSWORD`,
  );
}

/** Before the address is shown anywhere: it may contain a password. */
export function checkBaseUrl(baseUrl: string): void {
  try {
    parseBaseUrl(baseUrl);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new UsageError(error.message);
    throw error;
  }
}

/** The subdomain, if it can be a name. */
function nameOf(baseUrl: string): string {
  const [first = ''] = new URL(baseUrl).hostname.split('.');
  return NAME.safeParse(first).success && !/^\d+$/.test(first) ? first : 'tenant';
}

/** The centre that the folder knows, else the one of the demo, unless options say otherwise. */
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
      `${options.dir} holds another simulated centre (${describe(known)}): leave --seed, --seats, --days and --start out, or choose another folder with --dir`,
    );
  const centre = await startSimulatedTenant(known ?? asked, options.tenant ?? SIMULATED);
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
