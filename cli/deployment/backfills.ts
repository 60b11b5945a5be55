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

/** The execution of an order, and how it came about. */
export interface Begun {
  readonly name: string;
  readonly how: 'started' | 'running' | 'redriven' | 'done';
}

/** Most events that an answer holds. */
const PAGE = 1_000;

/** What was started shows within so many looks, and between them milliseconds. */
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
 * Name of the execution of an order. The same order has the same name, so that it is not executed twice at once, whoever asks.
 * @param attempt counts executions that could not be redriven or were wanted again, from 1
 */
export function createExecutionName(
  { tenant, endpoint, from, to, sliceHours }: BackfillOrder,
  attempt: number,
): string {
  const digest = hash('sha256', JSON.stringify([tenant, endpoint, from, to, sliceHours]), 'hex').slice(0, 16);
  const name = [endpoint.slice(0, 24), from.slice(0, 10), to.slice(0, 10), digest].join('_');
  return attempt === 1 ? name : `${name}_${attempt}`;
}

/** The backfills of a deployment: executions of its state machine, which remembers them for 90 days after their end. */
export class DeployedBackfills {
  readonly #client: SFNClient;
  readonly #machineArn: string;
  /** What was read of histories already, by execution. */
  readonly #read = new Map<string, { history: BackfillHistory; lastId: number }>();

  private constructor(client: SFNClient, machineArn: string) {
    this.#client = client;
    this.#machineArn = machineArn;
  }

  static async in(deployment: Deployment): Promise<DeployedBackfills> {
    return new DeployedBackfills(deployment.states, await deployment.backfillMachine());
  }

  /**
   * Sees to it that an order is executed: it is started, or goes on if it failed or was stopped, or is at work or done already.
   * @param again also if it is done, and from its start
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
        // somebody else was quicker: it is there now
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    }
  }

  /** How far an execution has come. @throws CommandError if its input is no order */
  async progress(name: string): Promise<BackfillProgress> {
    const progress = await this.#progress(name);
    if (progress === undefined) throw new CommandError(`execution ${name} was started without an order`);
    return progress;
  }

  /** The last so many, the newest first; executions without an order never read anything. */
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

  /** The last execution of an order, if there is one, and the name of its next. */
  async #lookUp(order: BackfillOrder) {
    let last: DescribeExecutionCommandOutput | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const name = createExecutionName(order, attempt);
      const execution = await this.#describe(name);
      if (execution === undefined) return { name, last };
      last = execution;
    }
  }

  /** Step Functions tells of what was done a moment later. */
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

  /** Reads the newest events first, until it meets one that it knows. */
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

/** Why an execution failed, as the function says it if it was the function. */
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
