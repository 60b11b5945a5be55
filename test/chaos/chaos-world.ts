import { ENDPOINTS } from '../../catalog/index.ts';
import { QUIRK_NAMES, type QuirkName, Quirks } from '../../simulator/quirks.ts';
import { MAX_CLOCK_ERROR } from '../support/rate-promise.ts';
import { Random } from './chaos-random.ts';
import type { PlatformTraits } from './platform/chaos-platform.ts';
import type { HistoryOptions } from './platform/history.ts';
import type { WriterOptions } from './platform/writers.ts';

const MINUTE = 60_000;

/** One tenant of a world. */
export interface TenantWorld {
  readonly name: string;
  readonly requestsPerSecond: number;
  /** Milliseconds before the start at which the tenant's history starts. */
  readonly historyBefore: number;
  readonly traits: PlatformTraits;
  readonly quirks: Quirks;
  readonly history: HistoryOptions;
  readonly writers: WriterOptions;
  /** Milliseconds between two scheduled runs, by endpoint. */
  readonly schedules: Readonly<Record<string, number>>;
  /** Slices that are backfilled, by tail. */
  readonly backfills: number;
}

/** Everything that differs between worlds; a function of the seed. */
export interface World {
  readonly start: number;
  /** Milliseconds until faults and changes stop. */
  readonly chaos: number;
  readonly tenants: readonly TenantWorld[];
  /** Clocks of functions are off by no more than this, milliseconds. */
  readonly maxSkew: number;
  /** Probabilities that a scheduled event comes twice, late, or never. */
  readonly events: { readonly twice: number; readonly late: number; readonly lost: number };
}

/** @param quirks what all platforms do wrong. @default - as the seed says: nothing in about half of the worlds */
export function createWorld(seed: number, quirks?: readonly QuirkName[]): World {
  const random = new Random(seed);
  // a seed has the same world with and without quirks
  const names = quirks ?? drawQuirks(new Random(seed ^ 0x2545f491));
  const size = random.weighted({ small: 65, medium: 27, large: 8 });
  const tenants = size !== 'small' && random.chance(0.4) ? 2 : 1;
  // sometimes just before midnight: batches then reach over two partitions
  const start = Date.UTC(
    2026,
    2,
    14,
    random.chance(0.3) ? 23 : 9,
    random.int(0, 59),
    random.int(0, 59),
    random.int(0, 999),
  );
  return {
    start,
    chaos: random.int(6, size === 'large' ? 15 : 20) * MINUTE,
    tenants: ['acme', 'globex']
      .slice(0, tenants)
      .map((name) => createTenant(random, name, size))
      .map((tenant) => addQuirks(tenant, names, seed)),
    maxSkew: random.chance(0.5) ? MAX_CLOCK_ERROR : 2_000,
    events: { twice: random.next() * 0.3, late: random.next() * 0.3, lost: random.next() * 0.2 },
  };
}

function drawQuirks(random: Random): QuirkName[] {
  if (random.chance(0.5)) return [];
  return random.shuffled(QUIRK_NAMES).slice(0, random.skewed(1, 8));
}

/** Adds quirks to a tenant. Pages of one timestamp and of a snapshot are never refused as too deep: no client could read them. */
function addQuirks(tenant: Omit<TenantWorld, 'quirks'>, names: readonly QuirkName[], seed: number): TenantWorld {
  const { history, writers } = tenant;
  const deleted = 230;
  const places = deleted + Math.ceil(1.2 * (history.tie + writers.storm + history.agents));
  const isEdited = names.includes('bulk-edit');
  const deepest = 100 * Math.ceil((places + 200 + (isEdited ? 1.2 * history.rows + 100 : 0)) / 100);
  const late = names.includes('late-records') ? { latest: 9 * MINUTE, lateness: 0.3 + 0.7 * writers.lateness } : {};
  return {
    ...tenant,
    quirks: new Quirks(names, seed, { deepest, deleted, retryAfter: 120 }),
    writers: {
      ...writers,
      ...late,
      bulkEdit: isEdited,
      corrections: names.includes('created-at-corrected'),
      neverClosed: names.includes('never-closed') ? 0.5 : 0,
    },
  };
}

function createTenant(random: Random, name: string, size: 'small' | 'medium' | 'large'): Omit<TenantWorld, 'quirks'> {
  const deep = random.chance(size === 'small' ? 0.1 : 0.2);
  const rows = deep ? random.int(210, 600) : random.skewed(1, { small: 60, medium: 120, large: 150 }[size]);
  const tie = deep ? random.int(0, 250) : random.skewed(1, rows);
  const span = random.int(15, 240) * MINUTE;
  return {
    name,
    requestsPerSecond: random.pick([8, 8, 8, 5, 2, 1]),
    historyBefore: random.chance(0.8) ? 10 * span : Math.floor(span * random.next()),
    traits: {
      total: random.chance(0.85),
      link: random.chance(0.7),
      to: random.chance(0.9),
      tieOrder: random.weighted({ id: 2, reverse: 1, disk: 2, page: 0 }),
      retryAfter: random.pick(['seconds', 'date', 'none']),
      treeIgnoresPage: random.chance(0.5),
      closed: random.chance(0.7),
    },
    history: { rows, tie, span, agents: random.chance(0.1) ? random.int(100, 250) : random.int(1, 20) },
    writers: {
      gap: random.skewed(3_000, 40_000),
      disturbance: random.chance(0.5) ? random.next() : 0,
      lateness: random.next() * 0.6,
      quietChanges: 9 * MINUTE,
      latest: MINUTE,
      storm: random.chance(0.2) ? random.int(2, 250) : 0,
      bulkEdit: false,
      corrections: false,
      neverClosed: 0,
    },
    schedules: schedulesOf(random, size),
    backfills: random.chance(0.5) ? random.int(1, 4) : 0,
  };
}

/** Which endpoints run, and how often: a nested one never without a parent. */
function schedulesOf(random: Random, size: 'small' | 'medium' | 'large'): Record<string, number> {
  const share = { small: 0.2, medium: 0.4, large: 1 }[size];
  const chosen = ENDPOINTS.filter(() => random.chance(share)).map(({ name }) => name);
  if (chosen.length === 0) chosen.push(random.pick(['call', 'chat', 'agent_status_history', 'agent']));
  for (const { name, source } of ENDPOINTS) {
    if (source.kind !== 'nested' || !chosen.includes(name)) continue;
    const parents = source.parents.map(({ endpoint }) => endpoint);
    const parent = random.anyOf(parents);
    if (parent !== undefined && !parents.some((each) => chosen.includes(each))) chosen.push(parent);
  }
  return Object.fromEntries(chosen.map((name) => [name, random.int(60, 300) * 1000]));
}
