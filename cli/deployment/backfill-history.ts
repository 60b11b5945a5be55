import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod';

/** A slice after each answer of the function. */
const sliceSchema = z.object({
  to: z.string(),
  answer: z.object({ outcome: z.string(), reached: z.string(), records: z.int() }),
});

/** State of the state machine that reads a slice. */
const READ = 'Read';

/** The slices of an execution, computed from its history. Add each event once, in order. */
export class BackfillHistory {
  /** Number of slices, or 0 before they are planned. */
  slices = 0;
  records = 0;
  readonly #ends = new Map<number, 'running' | 'failed' | 'aborted' | 'done'>();
  readonly #answers = new Map<string, z.infer<typeof sliceSchema>['answer']>();

  add(event: HistoryEvent): void {
    const { type, stateExitedEventDetails: exited } = event;
    if (type === 'MapStateStarted') this.slices = event.mapStateStartedEventDetails?.length ?? this.slices;
    else if (type === 'MapIterationStarted') this.#end(event.mapIterationStartedEventDetails?.index, 'running');
    else if (type === 'MapIterationSucceeded') this.#end(event.mapIterationSucceededEventDetails?.index, 'done');
    else if (type === 'MapIterationFailed') this.#end(event.mapIterationFailedEventDetails?.index, 'failed');
    else if (type === 'MapIterationAborted') this.#end(event.mapIterationAbortedEventDetails?.index, 'aborted');
    else if (type === 'ExecutionRedriven') this.#forgetFailures();
    else if (type === 'TaskStateExited' && exited?.name === READ) this.#answer(exited.output);
  }

  /** Slices being read. */
  get running(): number {
    return this.#count('running');
  }

  get failed(): number {
    return this.#count('failed');
  }

  /** Ends (UTC) of the slices that are done. */
  get done(): ReadonlySet<string> {
    return new Set([...this.#answers].filter(([, { outcome }]) => outcome === 'done').map(([to]) => to));
  }

  /** Time up to which the slice with this end is read (UTC). */
  reached(to: string): string | undefined {
    return this.#answers.get(to)?.reached;
  }

  #end(index: number | undefined, end: 'running' | 'failed' | 'aborted' | 'done'): void {
    if (index !== undefined) this.#ends.set(index, end);
  }

  /** A redrive runs them again. */
  #forgetFailures(): void {
    for (const [index, end] of this.#ends) if (end !== 'done') this.#ends.delete(index);
  }

  #count(end: 'running' | 'failed'): number {
    return [...this.#ends.values()].filter((each) => each === end).length;
  }

  #answer(output: string | undefined): void {
    const { to, answer } = sliceSchema.parse(JSON.parse(output ?? '{}'));
    this.#answers.set(to, answer);
    this.records += answer.records;
  }
}
