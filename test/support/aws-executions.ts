import type { Json } from '../lib/template.ts';
import type { Row } from './fake-platform.ts';

/** What works off an execution, once or, redriven, several times. */
export interface Machine {
  /** The history, oldest first. */
  readonly history: Json[];
  run(input: Json): Promise<Json>;
}

interface Execution {
  readonly machine: Machine;
  readonly input: string;
  readonly number: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  redriveCount: number;
  /** @default - that of its status */
  redriveStatus?: 'NOT_REDRIVABLE';
  error?: Error;
}

/** The executions of a state machine; each begins a moment after it was started. */
export class Executions {
  readonly arn: string;
  readonly all = new Map<string, Execution>();
  /** Makes what works off the next execution. */
  machine: (name: string) => Machine = () => {
    throw new Error('nothing was to be executed');
  };
  /** Events that an answer holds. */
  page = 7;

  /** @param machine name of the state machine */
  constructor(machine: string) {
    this.arn = `arn:aws:states:eu-central-1:123456789012:stateMachine:${machine}`;
  }

  /** Beginning of the ARNs of its executions. */
  get prefix(): string {
    return `${this.arn.replace(':stateMachine:', ':execution:')}:`;
  }

  /** @returns the error of Step Functions as a text, or its answer */
  answer(operation: string, input: Row): Row | string {
    const name = String(input.name ?? String(input.executionArn).slice(this.prefix.length));
    const execution = this.all.get(name);
    if (operation === 'StartExecution') return this.#start(name, String(input.input));
    if (operation === 'ListExecutions')
      return { executions: [...this.all.keys()].reverse().map((each) => ({ name: each })) };
    if (execution === undefined) return 'ExecutionDoesNotExist';
    if (operation === 'RedriveExecution') {
      if (execution.status !== 'FAILED' && execution.status !== 'ABORTED') return 'ExecutionNotRedrivable';
      execution.machine.history.push({ id: execution.machine.history.length + 1, type: 'ExecutionRedriven' });
      execution.redriveCount += 1;
      this.#work(execution);
      return { redriveDate: 0 };
    }
    if (operation === 'DescribeExecution') return this.#describe(name, execution);
    const newestFirst = execution.machine.history.toReversed();
    const start = Number(input.nextToken ?? 0);
    const next = start + this.page;
    return {
      events: newestFirst.slice(start, next),
      ...(next < newestFirst.length && { nextToken: String(next) }),
    };
  }

  #start(name: string, input: string): Row | string {
    const known = this.all.get(name);
    if (known !== undefined && (known.status !== 'RUNNING' || known.input !== input)) return 'ExecutionAlreadyExists';
    if (known === undefined) {
      const number = this.all.size;
      const execution: Execution = { machine: this.machine(name), input, number, status: 'RUNNING', redriveCount: 0 };
      this.all.set(name, execution);
      this.#work(execution);
    }
    return { executionArn: `${this.prefix}${name}`, startDate: 0 };
  }

  #work(execution: Execution): void {
    execution.status = 'RUNNING';
    delete execution.error;
    execution.machine.run(JSON.parse(execution.input)).then(
      () => {
        execution.status = 'SUCCEEDED';
      },
      (error: Error) => Object.assign(execution, { status: 'FAILED', error }),
    );
  }

  #describe(name: string, execution: Execution): Row {
    const { status, input, error, redriveCount } = execution;
    return {
      executionArn: `${this.prefix}${name}`,
      stateMachineArn: this.arn,
      ...{ name, status, input, redriveCount, startDate: 0 },
      redriveStatus: execution.redriveStatus ?? (status === 'FAILED' ? 'REDRIVABLE' : 'NOT_REDRIVABLE'),
      ...(error && {
        error: error.name,
        cause: JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] }),
      }),
    };
  }
}
