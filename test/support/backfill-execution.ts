import type { Context } from 'aws-lambda';
import { ingestEventSchema } from '../../lambdas/runs/ingest-event.ts';
import type { Json } from '../lib/template.ts';
import { NOW, type World } from '../runs/run-world.ts';
import { runStates } from './states.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { handler: plan } = await import('../../lambdas/handlers/plan-backfill-handler.ts');

interface Call {
  readonly function: string;
  readonly payload: Json;
}

/**
 * An execution of the state machine of backfills by an interpreter, with the function that plans and ingestion into the stores
 * of a world.
 */
export class BackfillExecution {
  readonly calls: Call[] = [];
  readonly history: Json[] = [];
  readonly waited: number[] = [];
  readonly left = new Map<string, Json>();
  /** Maximum number of functions that ran at the same time. */
  most = 0;
  /** Runs of each slice whose time is up after the first page. */
  short = 0;
  /** Called for every run: may make it fail. */
  mishap: (event: Json) => Error | undefined = () => undefined;
  readonly #definition: Json;
  readonly #world: World;
  readonly #gate: () => Promise<void>;
  #atWork = 0;

  /**
   * @param definition with references written out
   * @param gate what every run waits for. @default - nothing
   */
  constructor(definition: Json, world: World, gate: () => Promise<void> = async () => undefined) {
    this.#definition = definition;
    this.#world = world;
    this.#gate = gate;
  }

  /** Starts the execution, or continues it as a redrive does. */
  async run(order: Json): Promise<Json> {
    const services = { 'lambda:invoke': (parameters: Json) => this.#invoke(parameters) };
    const context = { Execution: { StartTime: NOW } };
    return await runStates(this.#definition, order, { ...this, services, context, entered: [] });
  }

  /** Ranges that functions were asked for. */
  get ranges() {
    return this.calls.flatMap(({ payload }) => (payload.range === undefined ? [] : [payload.range]));
  }

  async #invoke({ FunctionName, Payload }: Json): Promise<Json> {
    // as Lambda does
    const event = JSON.parse(JSON.stringify(Payload));
    this.calls.push({ function: FunctionName, payload: event });
    if (FunctionName.endsWith(':ccaip-backfill')) return { Payload: await plan(event, {} as Context) };
    if (!FunctionName.endsWith(`:ccaip-${event.endpoint}`)) throw new Error(`${FunctionName} reads another endpoint`);
    this.#atWork += 1;
    this.most = Math.max(this.most, this.#atWork);
    try {
      await this.#gate();
      const mishap = this.mishap(event);
      if (mishap !== undefined) throw mishap;
      const { endpoint, ...changes } = ingestEventSchema.parse(event);
      const runs = this.ranges.filter(({ to }) => to === event.range.to).length;
      const timeLeft = () => (runs > this.short ? 900_000 : 59_000);
      return { Payload: await this.#world.ingest(endpoint, { ...changes, timeLeft }) };
    } finally {
      this.#atWork -= 1;
    }
  }
}
