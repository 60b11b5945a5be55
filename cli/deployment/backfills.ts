import { hash } from 'node:crypto';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import { type BackfillOrder, backfillOrderSchema } from '../../lambdas/runs/backfill-order.ts';
import { sliceTimeRange } from '../../lambdas/runs/backfill-slices.ts';
import { CommandError } from '../terminal/failure.ts';
import { BackfillHistory } from './backfill-history.ts';
import { type BackfillProgress, findReached } from './backfill-progress.ts';
import type { Deployment } from './deployment.ts';
import { type Begun, describeError, Executions, readState } from './executions.ts';

/** Maximum number of events in one answer. */
const PAGE = 1_000;

/**
 * Names the execution of an order. Equal orders have equal names, so no order is executed twice at the same time.
 * @param attempt number of the execution, from 1. It rises when an execution cannot be redriven or is requested again
 */
export function createExecutionName(
  { tenant, endpoint, from, to, sliceHours }: BackfillOrder,
  attempt: number,
): string {
  const digest = hash('sha256', JSON.stringify([tenant, endpoint, from, to, sliceHours]), 'hex').slice(0, 16);
  const name = [endpoint.slice(0, 24), from.slice(0, 10), to.slice(0, 10), digest].join('_');
  return attempt === 1 ? name : `${name}_${attempt}`;
}

/** The backfills of a deployment, which are executions of its state machine. AWS keeps them for 90 days after their end. */
export class DeployedBackfills {
  readonly #client: SFNClient;
  readonly #machineArn: string;
  readonly #executions: Executions;
  /** The part of each history that is already read, by execution. */
  readonly #read = new Map<string, { history: BackfillHistory; lastId: number }>();

  private constructor(client: SFNClient, machineArn: string) {
    this.#client = client;
    this.#machineArn = machineArn;
    this.#executions = new Executions(client, machineArn);
  }

  static async in(deployment: Deployment): Promise<DeployedBackfills> {
    return new DeployedBackfills(deployment.states, await deployment.backfillMachine());
  }

  /**
   * Starts the execution of an order, or redrives it if it failed or was stopped. Does nothing if it is running or done.
   * @param again start a new execution even if the order is done
   */
  begin(order: BackfillOrder, again: boolean): Promise<Begun> {
    const nameOf = (attempt: number) => createExecutionName(order, attempt);
    return this.#executions.begin(nameOf, () => order, { repeat: again, redrive: !again });
  }

  /** Reads the progress of an execution. @throws CommandError if its input is not an order */
  async progress(name: string): Promise<BackfillProgress> {
    const progress = await this.#progress(name);
    if (progress === undefined) throw new CommandError(`execution ${name} was started without an order`);
    return progress;
  }

  /** Lists the last executions, the newest first. Executions without an order are left out, because they read nothing. */
  async recent(most: number): Promise<BackfillProgress[]> {
    const { executions = [] } = await this.#client.send(
      new ListExecutionsCommand({ stateMachineArn: this.#machineArn, maxResults: most }),
    );
    const all = await pMap(executions, ({ name = '' }) => this.#progress(name), { concurrency: 4 });
    return all.flatMap((each) => each ?? []);
  }

  async #progress(name: string): Promise<BackfillProgress | undefined> {
    const execution = await this.#executions.describe(name);
    const order = orderIn(execution?.input);
    if (order === undefined) return undefined;
    const history = await this.#historyOf(name);
    const state = readState(execution);
    const { tenant, endpoint, sliceHours } = order;
    const range = { from: new Date(order.from).toISOString(), to: new Date(order.to).toISOString() };
    const { slices, records } = history;
    const planned = slices === 0 ? [] : sliceTimeRange(range, sliceHours);
    const done = planned.filter(({ to }) => history.done.has(to));
    const left = done
      .flatMap(({ to }) => history.reached(to) ?? to)
      .filter((reached, i) => reached < (done[i]?.to ?? ''));
    const progress = {
      ...{ tenant, endpoint, ...range, sliceHours, state, slices, records },
      done: done.map(({ from }) => from),
      running: state === 'running' ? history.running : 0,
      failed: history.failed,
      leftToLiveFrom: left.sort()[0] ?? null,
      error: describeError(execution),
    };
    return { ...progress, upTo: findReached(progress, ({ to }) => history.reached(to)) };
  }

  /** Reads the newest events first, until it meets a known one. */
  async #historyOf(name: string): Promise<BackfillHistory> {
    const known = this.#read.get(name) ?? { history: new BackfillHistory(), lastId: 0 };
    this.#read.set(name, known);
    const events: HistoryEvent[] = [];
    let token: string | undefined;
    do {
      const answer = await this.#client.send(
        new GetExecutionHistoryCommand({
          executionArn: this.#executions.arnOf(name),
          reverseOrder: true,
          maxResults: PAGE,
          nextToken: token,
        }),
      );
      const fresh = (answer.events ?? []).filter(({ id = 0 }) => id > known.lastId);
      events.push(...fresh);
      token = fresh.length === answer.events?.length ? answer.nextToken : undefined;
    } while (token !== undefined);
    for (const event of events.reverse()) known.history.add(event);
    known.lastId = events.at(-1)?.id ?? known.lastId;
    return known.history;
  }
}

function orderIn(input = '') {
  try {
    return backfillOrderSchema.parse(JSON.parse(input));
  } catch {
    return undefined;
  }
}
