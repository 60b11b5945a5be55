import { findEndpoint } from '../../catalog/index.ts';
import { IngestError } from '../../lambdas/common/errors.ts';
import type { TimeRange } from '../../lambdas/common/time-range.ts';
import type { Tenant } from '../../lambdas/platform/tenant.ts';
import { ingest } from '../../lambdas/runs/ingest.ts';
import type { IngestRequest } from '../../lambdas/runs/ingest-request.ts';
import type { QuirkName } from '../../simulator/quirks.ts';
import { type Aws, AwsFault, awsClients } from './aws/clients.ts';
import { FakeDynamoDb } from './aws/fake-dynamodb.ts';
import { FakeS3 } from './aws/fake-s3.ts';
import type { Slice } from './chaos-backfills.ts';
import { Faults } from './chaos-faults.ts';
import { Process } from './chaos-process.ts';
import { Random } from './chaos-random.ts';
import { LAKE_BUCKET, METRICS_TABLE, STATE_TABLE, TABLES } from './chaos-tables.ts';
import { createWorld, type TenantWorld, type World } from './chaos-world.ts';
import type { Violation } from './laws/violation.ts';
import { Watch } from './laws/watch.ts';
import { Platform } from './platform/chaos-platform.ts';
import { platformFetch } from './platform/fetch.ts';
import { writeHistory } from './platform/history.ts';
import { RequestLog } from './platform/request-log.ts';
import { Writers } from './platform/writers.ts';
import { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** Maximum duration of a function, milliseconds. */
const LONGEST_RUN = 900_000;

/** A tenant with everything that belongs to it. */
export interface TenantState {
  readonly tenant: Tenant;
  readonly world: TenantWorld;
  readonly platform: Platform;
  readonly writers: Writers;
  readonly log: RequestLog;
  /** What backfills came to their end with. */
  readonly covered: Covered[];
}

/** One invocation and how it ended; undefined while it runs, or for ever if it died. */
export interface Run {
  readonly process: Process;
  readonly endpoint: string;
  readonly state: TenantState;
  /** Set for a backfill. */
  readonly range: TimeRange | undefined;
  outcome: 'done' | 'more' | 'lease_held' | 'failed' | undefined;
  error: unknown;
  /** Time up to which a backfill is done. */
  reached: string | undefined;
}

/** Cursor times of an endpoint that were backfilled, milliseconds. */
export interface Covered {
  readonly endpoint: string;
  readonly from: number;
  /** The first one that was not. */
  readonly to: number;
}

/** What a function finds around it: AWS, the platform, its time. */
export type Surroundings = Pick<IngestRequest, 'tenant' | 'timeLeft' | 'environment' | 'aws' | 'effects'>;

/** A running world: platforms, AWS and functions in virtual time. */
export class Simulation {
  readonly world: World;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly tenants: readonly TenantState[];
  readonly aws: Aws;
  readonly watch: Watch;
  readonly violations: Violation[] = [];
  readonly runs: Run[] = [];
  readonly slices: Slice[] = [];

  constructor(seed: number, trace: Trace, quirks?: readonly QuirkName[]) {
    this.world = createWorld(seed, quirks);
    this.scheduler = new Scheduler(seed, this.world.start, trace);
    this.faults = new Faults(new Random(seed ^ 0x5bd1e995));
    const dynamodb = new FakeDynamoDb(TABLES);
    this.watch = new Watch(dynamodb, () => this.scheduler.now);
    this.tenants = this.world.tenants.map((tenant) => this.#tenant(tenant));
    const passwords = new Map(this.tenants.map(({ tenant, platform }) => [tenant.secretId, platform]));
    this.aws = {
      dynamodb,
      s3: new FakeS3(),
      secret: (id) => {
        const platform = passwords.get(id);
        return JSON.stringify({ username: platform?.name, password: platform?.password });
      },
      watch: this.watch,
    };
  }

  /** Starts a function now. */
  launch(
    state: TenantState,
    endpoint: string,
    limit = LONGEST_RUN,
    range?: TimeRange,
    onEnd?: (run: Run) => void,
  ): Run {
    const { random } = this.scheduler;
    const name = `${state.tenant.name}#${endpoint}${range === undefined ? '@' : '/range@'}${this.runs.length + 1}`;
    const skew = random.chance(0.3) ? 0 : random.int(-this.world.maxSkew, this.world.maxSkew);
    const process = new Process(this.scheduler, this.faults, {
      name,
      tenant: state.tenant.name,
      endpoint,
      skew,
      limit,
    });
    const run: Run = { process, endpoint, state, range, outcome: undefined, error: undefined, reached: undefined };
    this.runs.push(run);
    process.note(`starts, clock ${skew} ms off, ${limit} ms left`);
    this.#ingest(run).then(
      ({ outcome, reached }) => {
        run.reached = reached;
        this.#ended(run, outcome);
        onEnd?.(run);
      },
      (error: unknown) => {
        this.#ended(run, 'failed', error);
        onEnd?.(run);
      },
    );
    this.scheduler.resumed();
    return run;
  }

  /** Does some work as a function with an exact clock, when no other one runs. */
  async perform<Result>(
    state: TenantState,
    name: string,
    work: (surroundings: Surroundings) => Promise<Result>,
  ): Promise<Result> {
    const place = { tenant: state.tenant.name, endpoint: name, skew: 0, limit: LONGEST_RUN };
    const process = new Process(this.scheduler, this.faults, { name: `${state.tenant.name}#${name}`, ...place });
    const done = work(this.#surround(process, state)).finally(() => process.end('done'));
    // its error is thrown below
    done.catch(() => undefined);
    this.scheduler.resumed();
    await this.scheduler.run(() => !process.isRunning);
    return done;
  }

  /** True while any function runs that is not frozen. */
  get isBusy(): boolean {
    return this.runs.some(({ process }) => process.isRunning && !process.isPaused);
  }

  #ingest({ process, endpoint, range, state }: Run) {
    return ingest({
      endpoint,
      scheduledTime: new Date(this.scheduler.now).toISOString(),
      continuation: 0,
      range,
      run: process.name,
      ...this.#surround(process, state),
    });
  }

  /** What a function finds around it. */
  #surround(process: Process, { tenant, platform, log, writers }: TenantState): Surroundings {
    const { random } = this.scheduler;
    return {
      tenant,
      timeLeft: () => process.timeLeft(),
      environment: { LAKE_BUCKET, METRICS_TABLE, STATE_TABLE },
      aws: awsClients(process, this.aws, this.faults, random),
      effects: {
        now: () => process.now(),
        sleep: (milliseconds) => process.sleep(milliseconds),
        // nothing happens between two breaths that the world could see
        breathe: async () => undefined,
        random: () => random.next(),
        fetch: platformFetch({
          process,
          platform,
          log,
          faults: this.faults,
          random,
          served: (served) => writers.disturb(served),
        }),
      },
    };
  }

  #ended(run: Run, outcome: NonNullable<Run['outcome']>, error?: unknown): void {
    run.outcome = outcome;
    run.error = error;
    const reason = error instanceof Error ? ` ${error.name}: ${error.message}` : '';
    run.process.end(`${outcome}${reason}`);
    const expected = error instanceof AwsFault || (error instanceof IngestError && error.reason !== 'contract');
    if (outcome === 'failed' && !expected) this.#unexpected(run);
  }

  #unexpected({ process, endpoint, error }: Run): void {
    const message = error instanceof Error ? `${error.stack}` : String(error);
    this.violations.push({ law: 'errors', tenant: process.tenant, endpoint, record: process.name, message });
  }

  #tenant(world: TenantWorld): TenantState {
    const now = () => this.scheduler.now;
    const platform = new Platform(world.name, world.traits, now, world.quirks);
    writeHistory(platform, this.scheduler.random, world.history);
    return {
      world,
      platform,
      writers: new Writers(platform, this.scheduler, world.writers),
      log: new RequestLog(now),
      covered: [],
      tenant: {
        name: world.name,
        baseUrl: `https://${world.name}.example.com/manager/api/v1`,
        secretId: `ccaip/${world.name}`,
        requestsPerSecond: world.requestsPerSecond,
        backfillShare: 0.1,
        lookBackMinutes: 10,
        settleSeconds: 60,
        historyStart: new Date(this.world.start - world.historyBefore).toISOString(),
        sources: {},
      },
    };
  }
}

/** True for endpoints that read what other endpoints committed. */
export const isNested = (endpoint: string) => findEndpoint(endpoint)?.source.kind === 'nested';
