import type { Json } from '../lib/template.ts';
import type { World } from '../runs/run-world.ts';
import type { AuditServices } from './audit-services.ts';
import { runStates } from './states.ts';

/** An execution of the state machine of audits by an interpreter, with the function of the audit, DuckDB as Athena, and ingestion. */
export class AuditExecution {
  readonly entered: string[] = [];
  readonly history: Json[] = [];
  /** Requests to report what is missing. */
  readonly reports: Json[] = [];
  /** Makes a request of the state machine to Lambda or Athena fail. */
  mishap: (service: 'lambda' | 'athena', parameters: Json) => Error | undefined = () => undefined;
  readonly #definition: Json;
  readonly #world: World;
  readonly #services: AuditServices;
  readonly #name: string;

  /** @param definition with references written out. @param name of the execution */
  constructor(definition: Json, world: World, services: AuditServices, name: string) {
    this.#definition = definition;
    this.#world = world;
    this.#services = services;
    this.#name = name;
  }

  async run(order: Json): Promise<Json> {
    const { entered, history } = this;
    const services = {
      'lambda:invoke': (parameters: Json) => this.#invoke(parameters),
      'athena:startQueryExecution.sync': (parameters: Json) => this.#query(parameters),
    };
    const StartTime = new Date(this.#world.time.time).toISOString();
    const context = { Execution: { Name: this.#name, StartTime } };
    return await runStates(this.#definition, order, { services, context, entered, history });
  }

  async #invoke({ FunctionName, Payload }: Json): Promise<Json> {
    this.#check('lambda', { FunctionName, Payload });
    if (Payload.report === true) {
      this.reports.push(Payload);
      return {};
    }
    // the function of the audit is a reference, those of endpoints have names
    if (FunctionName.startsWith('$')) return { Payload: await this.#services.ask(Payload) };
    return { Payload: await this.#services.read(FunctionName, Payload) };
  }

  async #query({ QueryString, WorkGroup, QueryExecutionContext }: Json): Promise<Json> {
    if (WorkGroup !== 'ccaip-audit' || QueryExecutionContext.Database !== 'ccaip')
      throw new Error('the query is not one of the audit');
    this.#check('athena', { QueryString });
    const { location, bytes } = await this.#services.query(QueryString);
    const ResultConfiguration = { OutputLocation: location };
    return { QueryExecution: { ResultConfiguration, Statistics: { DataScannedInBytes: bytes } } };
  }

  #check(service: 'lambda' | 'athena', parameters: Json): void {
    const error = this.mishap(service, parameters);
    if (error !== undefined) throw error;
  }
}
