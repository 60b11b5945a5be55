import type { SQSClient } from '@aws-sdk/client-sqs';
import { ENDPOINTS } from '../../catalog/index.ts';
import { collectValues } from '../../lambdas/handlers/publish-run-metrics.ts';
import { collectWatchValues } from '../../lambdas/handlers/publish-watch-metrics.ts';
import { TENANT_METRICS } from '../../lambdas/runs/run-metric-names.ts';
import type { RunEnd } from '../../lambdas/runs/run-summary.ts';
import { checkDeployment, type WatchReport } from '../../lambdas/watch/check-deployment.ts';
import { watchEventSchema } from '../../lambdas/watch/watch-event.ts';
import { type Datum, evaluateAlarm } from '../lib/alarm-rule.ts';
import { type Json, resources, synthesise } from '../lib/template.ts';
import { call, World } from '../runs/run-world.ts';
import { Queues } from '../support/aws-queues.ts';
import { memoryStores } from '../support/memory-stores.ts';

const MINUTE = 60_000;

/** What goes wrong while time passes. */
export interface Trouble {
  /** Schedules that do not start, as `<tenant> <endpoint>`, or all of them. */
  readonly stopped?: readonly string[] | 'all';
  /** The platform does not answer. */
  readonly isDown?: boolean;
  /** The watch does not run. */
  readonly isUnwatched?: boolean;
  /** Calls that begin every hour. @default - 4 */
  readonly calls?: number;
  /** Minutes between two steps: nothing runs more often. @default - 15 */
  readonly step?: number;
}

/** Minutes between two runs of the endpoints that a watched deployment has. */
const CADENCES = { call: 15, agent: 60, menu: 1440 } as const;
type Name = keyof typeof CADENCES;
const NAMES = ['call', 'agent', 'menu'] as const;

/** A deployment of two tenants whose schedules, watch and alarms run on one clock. */
export class WatchedDeployment {
  readonly world: World;
  readonly queues: Queues;
  readonly #data: Datum[] = [];
  readonly #alarms: ReadonlyMap<string, Json>;
  readonly #start: number;
  report: WatchReport | undefined;
  #calls = 0;

  private constructor(world: World) {
    this.world = world;
    this.#start = world.time.time;
    this.queues = new Queues(() => 'https://sqs.example', world.time.now);
    for (const { name } of ENDPOINTS)
      for (const kind of ['failed', 'undelivered']) this.queues.create(`ccaip-${name}-${kind}`);
    this.queues.create('ccaip-replay-failed');
    const { template } = synthesise({
      tenants: ['acme', 'beta'].map((name) => ({ name, subdomain: name, domain: 'uc1.ccaiplatform.com' })),
      curation: true,
      alarmEmail: 'ops@example.com',
    });
    this.#alarms = new Map(
      [...resources(template, 'AWS::CloudWatch::Alarm').values()].map((alarm) => [alarm.AlarmName, alarm]),
    );
  }

  static async create(): Promise<WatchedDeployment> {
    const deployment = new WatchedDeployment(await World.create(memoryStores()));
    const { platform } = deployment.world;
    platform.rows('/agents').push({ id: 1, email: 'sam@example.com', updated_at: '2026-01-01T00:00:00.000Z' });
    platform.rows('/menus').push({ id: 9, name: 'Sales' });
    return deployment;
  }

  /** Lets time pass and runs what is due. */
  async pass(hours: number, trouble: Trouble = {}): Promise<void> {
    const { time } = this.world;
    const until = time.time + hours * 60 * MINUTE;
    for (let next = time.time; next < until; next += (trouble.step ?? 15) * MINUTE) {
      time.time = Math.max(time.time, next);
      const minute = Math.round((next - this.#start) / MINUTE);
      if (minute % 60 === 0) this.#answerCalls(trouble.calls ?? 4);
      for (const tenant of ['acme', 'beta'])
        for (const name of NAMES)
          if (
            minute % CADENCES[name] === 0 &&
            trouble.stopped !== 'all' &&
            !trouble.stopped?.includes(`${tenant} ${name}`)
          )
            await this.#run(tenant, name, trouble);
      if (trouble.isUnwatched !== true) await this.check();
    }
    time.time = Math.max(time.time, until);
  }

  /** Runs the watch once. */
  async check(): Promise<void> {
    const { dynamodb } = this.world.aws;
    const none = Object.fromEntries(ENDPOINTS.map(({ name }) => [name, 0]));
    const event = watchEventSchema.parse({
      deployment: 'ccaip',
      tenants: { acme: { ...none, ...CADENCES }, beta: { ...none, ...CADENCES } },
      curated: [{ table: 'curated_call', endpoints: ['call'], zone: 'raw' }],
      queues: ['ccaip-replay-failed'],
    });
    const now = this.world.time.time;
    const { STATE_TABLE: stateTable } = this.world.environment;
    const sqs = { send: async (command: Json) => this.#answer(command) } as unknown as SQSClient;
    this.report = await checkDeployment(event, { dynamodb, sqs, stateTable, now });
    for (const { metric, dimension, value } of collectWatchValues('ccaip', this.report))
      this.#data.push({ metric, of: Object.values(dimension).join(), time: now, value });
    this.#data.push({ metric: 'Invocations', of: 'ccaip-watch', time: now, value: 1 });
  }

  /** Alarms that are on now. */
  alarms(): string[] {
    const nameOf = (value: Json) => (typeof value === 'string' ? value : 'ccaip-watch');
    return [...this.#alarms]
      .filter(([, alarm]) => evaluateAlarm(alarm, this.#data, this.world.time.time, nameOf))
      .map(([name]) => name)
      .sort();
  }

  /** Lets time pass in trouble until an alarm is on. @returns minutes until then */
  async minutesUntil(alarm: string, trouble: Trouble, maxHours: number): Promise<number> {
    const start = this.world.time.time;
    while (!this.alarms().includes(alarm)) {
      if (this.world.time.time - start > maxHours * 60 * MINUTE) throw new Error(`${alarm} did not fire`);
      await this.pass(0.25, trouble);
    }
    return Math.round((this.world.time.time - start) / MINUTE);
  }

  #answerCalls(count: number): void {
    const rows = this.world.platform.rows('/calls');
    for (let index = 0; index < count; index++) {
      const at = new Date(this.world.time.time - (10 + index) * MINUTE).toISOString();
      this.#calls += 1;
      rows.push({ ...call(this.#calls, 0), created_at: at, updated_at: at, queued_at: at });
    }
  }

  async #run(tenant: string, name: Name, { isDown = false }: Trouble): Promise<void> {
    const { world } = this;
    const fetch = isDown ? () => Promise.reject(new Error('offline')) : world.platform.fetch;
    const now = world.time.time;
    const ended = (end: RunEnd) => {
      for (const [metric, value] of collectValues(end))
        this.#data.push({ metric, of: TENANT_METRICS.has(metric) ? tenant : name, time: now, value });
    };
    await world
      .ingest(name, {
        tenant: { ...world.tenant, name: tenant },
        effects: world.time.effects({ fetch }),
        // a run that fails gives up before the next is due
        timeLeft: () => 61_000,
        onEnd: ended,
      })
      .catch(() => undefined);
    // runs of different functions take place at the same time
    world.time.time = now;
  }

  #answer(command: Json): Json {
    const operation = command.constructor.name.replace(/Command$/, '');
    return this.queues.answer(operation, command.input);
  }
}
