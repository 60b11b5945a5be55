import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import * as z from 'zod';
import { type BackfillOrder, backfillOrderSchema } from '../../lambdas/runs/backfill-order.ts';
import { sliceTimeRange } from '../../lambdas/runs/backfill-slices.ts';
import { CommandError } from '../terminal/failure.ts';
import { BackfillHistory } from './backfill-history.ts';
import { type BackfillProgress, findReached } from './backfill-progress.ts';
import type { Deployment } from './deployment.ts';

/** The execution of an order, and what `begin` did to it. */
export interface Begun {
  readonly name: string;
  readonly how: 'started' | 'running' | 'redriven' | 'done';
}

/** Maximum number of events in one answer. */
const PAGE = 1_000;

/** A started execution becomes visible within this many reads, with a pause in milliseconds between them. */
const MAX_LOOKS = 20;
const LOOK_PAUSE = 500;

const STATES: Readonly<Record<ExecutionStatus, BackfillProgress['state']>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'done',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  ABORTED: 'stopped',
};

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
  /** The part of each history that is already read, by execution. */
  readonly #read = new Map<string, { history: BackfillHistory; lastId: number }>();

  private constructor(client: SFNClient, machineArn: string) {
    this.#client = client;
    this.#machineArn = machineArn;
  }

  static async in(deployment: Deployment): Promise<DeployedBackfills> {
    return new DeployedBackfills(deployment.states, await deployment.backfillMachine());
  }

  /**
   * Starts the execution of an order, or redrives it if it failed or was stopped. Does nothing if it is running or done.
   * @param again start a new execution even if the order is done
   */
  async begin(order: BackfillOrder, again: boolean): Promise<Begun> {
    for (;;) {
      const { name, last } = await this.#lookUp(order);
      const state = last && STATES[last.status ?? 'RUNNING'];
      if (last !== undefined && (state === 'running' || (state === 'done' && !again)))
        return { name: last.name ?? '', how: state };
      if (last?.redriveStatus === 'REDRIVABLE' && !again) {
        await this.#client.send(new RedriveExecutionCommand({ executionArn: last.executionArn }));
        const former = last.redriveCount ?? 0;
        await this.#seen(last.name ?? '', ({ redriveCount = 0 }) => redriveCount > former);
        return { name: last.name ?? '', how: 'redriven' };
      }
      try {
        const input = JSON.stringify(order);
        await this.#client.send(new StartExecutionCommand({ stateMachineArn: this.#machineArn, name, input }));
        await this.#seen(name, () => true);
        return { name, how: 'started' };
      } catch (error) {
        // another process started the same order first
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    }
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
    const execution = await this.#describe(name);
    const order = orderIn(execution?.input);
    if (order === undefined) return undefined;
    const history = await this.#historyOf(name);
    const state = STATES[execution?.status ?? 'RUNNING'];
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
      error: errorOf(execution),
    };
    return { ...progress, upTo: findReached(progress, ({ to }) => history.reached(to)) };
  }

  /** Finds the last execution of an order, if there is one, and the name of the next. */
  async #lookUp(order: BackfillOrder) {
    let last: DescribeExecutionCommandOutput | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const name = createExecutionName(order, attempt);
      const execution = await this.#describe(name);
      if (execution === undefined) return { name, last };
      last = execution;
    }
  }

  /** Waits until Step Functions shows a change. Its reads are eventually consistent. */
  async #seen(name: string, isSo: (execution: DescribeExecutionCommandOutput) => boolean): Promise<void> {
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      const execution = await this.#describe(name);
      if (execution !== undefined && isSo(execution)) return;
      await sleep(LOOK_PAUSE);
    }
  }

  async #describe(name: string): Promise<DescribeExecutionCommandOutput | undefined> {
    try {
      return await this.#client.send(new DescribeExecutionCommand({ executionArn: this.#arnOf(name) }));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
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
          executionArn: this.#arnOf(name),
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

  #arnOf(name: string): string {
    return `${this.#machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}

function orderIn(input = '') {
  try {
    return backfillOrderSchema.parse(JSON.parse(input));
  } catch {
    return undefined;
  }
}

const causeSchema = z.object({ errorMessage: z.string() });

/** The error of an execution, with the message of the function if the function failed. */
function errorOf(execution: DescribeExecutionCommandOutput | undefined): string | null {
  const { error, cause = '' } = execution ?? {};
  if (error === undefined) return null;
  return `${error}: ${sentenceIn(cause)}`;
}

function sentenceIn(cause: string): string {
  try {
    return causeSchema.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
