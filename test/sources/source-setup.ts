import { type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { CcaipClient } from '../../lambdas/platform/client.ts';
import { NarrowingBudget } from '../../lambdas/sources/narrow-page.ts';
import { Snapshot } from '../../lambdas/sources/snapshot/snapshot.ts';
import type { Source, SourceBatch, SourceEnd } from '../../lambdas/sources/source.ts';
import { Tail } from '../../lambdas/sources/tail/tail.ts';
import { RowValidator } from '../../lambdas/sources/validate.ts';
import { type Habits, Platform, type Row } from '../support/fake-platform.ts';
import { VirtualTime } from '../support/virtual-time.ts';

export const NOW = '2026-03-02T12:00:00.000Z';
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const iso = (time: number) => new Date(time).toISOString();

/** A platform in memory with a client in front of it, both on the same clock. */
export class Setup {
  readonly time = new VirtualTime(NOW);
  readonly platform: Platform;
  readonly client: CcaipClient;
  /** Milliseconds by which the platform's clock is ahead of ours. */
  skew = 0;
  timeIsUp = () => false;
  keptAlive = 0;
  readonly warnings: string[] = [];

  constructor(habits: Partial<Habits> = {}) {
    this.platform = new Platform(() => this.platformNow, habits);
    this.client = new CcaipClient({
      baseUrl: new URL('https://acme.example/manager/api/v1'),
      credentials: { get: async () => ({ username: 'acme', password: 'x' }) },
      budget: { acquire: async () => undefined, pause: async () => undefined },
      effects: this.time.effects({ fetch: this.platform.fetch }),
      timeLeft: () => 900_000,
    });
  }

  get platformNow(): number {
    return this.time.time + this.skew;
  }

  /** Time so long before now on the platform, as text. */
  ago(milliseconds: number): string {
    return iso(this.platformNow - milliseconds);
  }

  readonly context = {
    keepAlive: async () => {
      this.keptAlive += 1;
    },
    timeIsUp: () => this.timeIsUp(),
    afterFailure: false,
    warn: (message: string) => {
      this.warnings.push(message);
    },
  };

  tail(name = 'call', historyStart = this.platformNow - 30 * 24 * HOUR, afterFailure = false): Tail {
    const endpoint = entry(name);
    if (endpoint.source.kind !== 'tail') throw new Error(`${name} is no tail`);
    return new Tail({
      ...this.context,
      ...reading(endpoint),
      afterFailure,
      endpoint,
      source: endpoint.source,
      client: this.client,
      historyStart,
      lookBack: 10 * MINUTE,
      settle: MINUTE,
      ahead: 4,
    });
  }

  snapshot(name: string, afterFailure = false): Snapshot {
    const endpoint = entry(name);
    if (endpoint.source.kind !== 'snapshot') throw new Error(`${name} is no snapshot`);
    return new Snapshot({
      ...this.context,
      ...reading(endpoint),
      afterFailure,
      endpoint,
      source: endpoint.source,
      client: this.client,
    });
  }

  /** Adds calls, each changed so long before now. */
  calls(...ages: number[]): Row[] {
    const rows = this.platform.rows('/calls');
    return ages.map((age) => {
      const time = this.ago(age);
      const row: Row = { id: rows.length + 1, status: 'finished', created_at: time, updated_at: time };
      rows.push(row);
      return row;
    });
  }
}

export function entry(name: string): Endpoint {
  const endpoint = findEndpoint(name);
  if (endpoint === undefined) throw new Error(`no endpoint ${name}`);
  return endpoint;
}

export interface Drained {
  readonly batches: SourceBatch[];
  readonly end: SourceEnd;
  readonly records: Row[];
  /** What the next run starts from, after a journey through JSON. */
  readonly position: unknown;
}

/** Runs a source to its end. */
export async function drain(source: Source, position?: unknown): Promise<Drained> {
  const iterator = source.batches(position);
  const batches: SourceBatch[] = [];
  for (;;) {
    const step = await iterator.next();
    if (step.done) {
      const last = step.value.position ?? batches.at(-1)?.position ?? position;
      return {
        batches,
        end: step.value,
        records: batches.flatMap(({ taken }) => taken.map(({ json }): Row => JSON.parse(json))),
        position: last === undefined ? undefined : JSON.parse(JSON.stringify(last)),
      };
    }
    batches.push(step.value);
  }
}

export const idsOf = ({ records }: Drained) => records.map(({ id }) => id);

const reading = (endpoint: Endpoint) => ({
  validator: new RowValidator(endpoint.schema),
  narrowing: new NarrowingBudget(),
});
