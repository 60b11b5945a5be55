import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';

/** State of an execution. */
export type ExecutionState = 'running' | 'done' | 'failed' | 'stopped';

/** An execution, and what `begin` did to it. */
export interface Begun {
  readonly name: string;
  readonly how: 'started' | 'running' | 'redriven' | 'done';
}

/** What happens to an earlier execution of the same order. */
export interface BeginOptions {
  /** Starts a new execution if the last one is done. */
  readonly repeat: boolean;
  /** Continues the last one if it failed or was stopped. Otherwise a new one is started. */
  readonly redrive: boolean;
}

/** A started execution becomes visible within this many reads, with a pause in milliseconds between them. */
const MAX_LOOKS = 20;
const LOOK_PAUSE = 500;

const STATES: Readonly<Record<ExecutionStatus, ExecutionState>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'done',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  ABORTED: 'stopped',
};

/** The executions of a state machine. Equal orders have equal names, so no order is executed twice at the same time. */
export class Executions {
  readonly #client: SFNClient;
  readonly #machineArn: string;

  constructor(client: SFNClient, machineArn: string) {
    this.#client = client;
    this.#machineArn = machineArn;
  }

  /**
   * Starts the execution of an order, or redrives it. Does nothing if it is running.
   * @param nameOf name of an attempt, from 1
   * @param inputAfter input of an execution after the last one of the same order
   */
  async begin(
    nameOf: (attempt: number) => string,
    inputAfter: (last: DescribeExecutionCommandOutput | undefined) => object,
    options: BeginOptions,
  ): Promise<Begun> {
    for (;;) {
      const { name, last } = await this.#lookUp(nameOf);
      const state = last && readState(last);
      if (last !== undefined && (state === 'running' || (state === 'done' && !options.repeat)))
        return { name: last.name ?? '', how: state };
      if (last?.redriveStatus === 'REDRIVABLE' && options.redrive) {
        await this.#client.send(new RedriveExecutionCommand({ executionArn: last.executionArn }));
        const former = last.redriveCount ?? 0;
        await this.#seen(last.name ?? '', ({ redriveCount = 0 }) => redriveCount > former);
        return { name: last.name ?? '', how: 'redriven' };
      }
      try {
        const input = JSON.stringify(inputAfter(last));
        await this.#client.send(new StartExecutionCommand({ stateMachineArn: this.#machineArn, name, input }));
        await this.#seen(name, () => true);
        return { name, how: 'started' };
      } catch (error) {
        // another process started the same order first
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    }
  }

  async describe(name: string): Promise<DescribeExecutionCommandOutput | undefined> {
    try {
      return await this.#client.send(new DescribeExecutionCommand({ executionArn: this.arnOf(name) }));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  }

  arnOf(name: string): string {
    return `${this.#machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  /** Finds the last execution of an order, if there is one, and the name of the next. */
  async #lookUp(nameOf: (attempt: number) => string) {
    let last: DescribeExecutionCommandOutput | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const name = nameOf(attempt);
      const execution = await this.describe(name);
      if (execution === undefined) return { name, last };
      last = execution;
    }
  }

  /** Waits until Step Functions shows a change. Its reads are eventually consistent. */
  async #seen(name: string, isSo: (execution: DescribeExecutionCommandOutput) => boolean): Promise<void> {
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      const execution = await this.describe(name);
      if (execution !== undefined && isSo(execution)) return;
      await sleep(LOOK_PAUSE);
    }
  }
}

export const readState = (execution: DescribeExecutionCommandOutput | undefined): ExecutionState =>
  STATES[execution?.status ?? 'RUNNING'];

const causeSchema = z.object({ errorMessage: z.string() });

/** The error of an execution, with the message of the function if the function failed. Null if it has none. */
export function describeError(execution: DescribeExecutionCommandOutput | undefined): string | null {
  const { error, cause = '' } = execution ?? {};
  if (error === undefined) return null;
  return `${error}: ${readSentence(cause)}`;
}

function readSentence(cause: string): string {
  try {
    return causeSchema.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
