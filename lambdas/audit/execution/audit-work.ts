import * as z from 'zod/mini';
import { encodeLines, type Lake } from '../../lake/lake.ts';
import type { ComparedWindow } from '../audit-tail.ts';
import type { WindowResult } from '../window-result.ts';

/** What an audit has found about an endpoint and needs later: too much for an item of the state table. */
export interface AuditWork {
  /** Time of the comparison, milliseconds. */
  readonly now: number;
  /** Windows that are compared, if the time was up before all were. */
  readonly compared: readonly ComparedWindow[];
  /** The results before healing, if something is missing. */
  readonly results: readonly WindowResult[];
}

const NOTHING: AuditWork = { now: 0, compared: [], results: [] };

const recordSchema = z.object({ id: z.string(), at: z.nullable(z.number()) });
const lakeRecordSchema = z.object({ id: z.string(), at: z.number(), batch: z.number() });
const windowSchema = z.object({ from: z.number(), until: z.number() });

const comparisonSchema = z.object({
  countedBy: z.enum(['total', 'ids', 'both']),
  platformCount: z.number(),
  lakeCount: z.number(),
  missing: z.array(recordSchema),
  notShown: z.array(lakeRecordSchema),
  setAside: z.number(),
  shownAgain: z.array(z.string()),
});

const resultSchema = z.object({
  endpoint: z.string(),
  part: z.enum(['records', 'segments', 'metrics']),
  from: z.number(),
  until: z.number(),
  countedBy: z.nullable(z.enum(['total', 'ids', 'both', 'snapshot', 'parents', 'raw'])),
  platformCount: z.nullable(z.number()),
  lakeCount: z.nullable(z.number()),
  missing: z.array(z.string()),
  healed: z.number(),
  missingUpstream: z.array(z.string()),
  shownAgain: z.array(z.string()),
  setAside: z.number(),
  changed: z.number(),
  reason: z.nullable(z.string()),
  heal: z.array(z.object({ endpoint: z.string(), ...windowSchema.shape })),
});

const workSchema = z.object({
  /** The audit. */
  run: z.string(),
  now: z.number(),
  compared: z.array(
    z.object({ window: windowSchema, comparison: z.nullable(comparisonSchema), reason: z.nullable(z.string()) }),
  ),
  results: z.array(resultSchema),
});

/** Keeps the work of an audit in the lake: one object for each endpoint, which the next audit replaces. */
export class AuditWorkStore {
  readonly #lake: Pick<Lake, 'put' | 'find'>;
  readonly #tenant: string;
  readonly #run: string;

  constructor(lake: Pick<Lake, 'put' | 'find'>, tenant: string, run: string) {
    this.#lake = lake;
    this.#tenant = tenant;
    this.#run = run;
  }

  /** What this audit has written. */
  async read(endpoint: string): Promise<AuditWork> {
    const [line] = (await this.#lake.find(this.#keyOf(endpoint))) ?? [];
    if (line === undefined) return NOTHING;
    const { run, ...work } = workSchema.parse(JSON.parse(line));
    return run === this.#run ? work : NOTHING;
  }

  async write(endpoint: string, work: AuditWork): Promise<void> {
    await this.#lake.put(this.#keyOf(endpoint), encodeLines([JSON.stringify({ run: this.#run, ...work })]));
  }

  #keyOf = (endpoint: string): string => `audit/tenant=${this.#tenant}/${endpoint}.json.gz`;
}
