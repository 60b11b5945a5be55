import { findEndpoint } from '../../catalog/index.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import type { Collection } from '../../simulator/collections.ts';
import { BenchProcess } from './child-process.ts';
import { buildBundle, deployedMemory } from './deployed.ts';
import type { FunctionRun } from './processes/function.ts';
import type { PlatformOptions } from './processes/measured-platform.ts';

interface SettingOptions
  extends Pick<PlatformOptions, 'records' | 'requestsPerSecond' | 'rateLimit' | 'latencyMs' | 'apartMs'> {
  readonly endpoint: 'call' | 'chat' | 'agent_status_history';
  /** @default - what the platform allows */
  readonly rate?: number;
}

/** A platform, empty stores and the deployed function, each in a separate process. */
export class Setting {
  readonly source: { readonly path: string; readonly cursor: string };
  readonly platformUrl: string;
  readonly #processes: Record<'platform' | 'stores' | 'function', BenchProcess>;
  readonly #event: IngestEvent;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(
    source: Setting['source'],
    platformUrl: string,
    event: IngestEvent,
    environment: Readonly<Record<string, string>>,
    processes: Record<'platform' | 'stores' | 'function', BenchProcess>,
  ) {
    this.source = source;
    this.platformUrl = platformUrl;
    this.#event = event;
    this.#environment = environment;
    this.#processes = processes;
  }

  static async start({ endpoint, rate, ...options }: SettingOptions): Promise<Setting> {
    const source = findEndpoint(endpoint)?.source;
    if (source?.kind !== 'tail') throw new Error(`${endpoint} is no tail`);
    const collection = source.path.slice(1) as Collection;
    const platform = new BenchProcess('measured-platform', { ...options, collection, cursor: source.cursor });
    const stores = new BenchProcess('stores-process', null);
    const [baseUrl, environment] = await Promise.all([
      platform.next<string>(),
      stores.next<Readonly<Record<string, string>>>(),
    ]);
    const hosts = { TENANT_HOSTS: JSON.stringify({ bench: new URL(baseUrl).host }) };
    const run = functionProcess('ingest', endpoint, { ...environment, ...hosts });
    await run.next();
    const event: IngestEvent = {
      endpoint,
      scheduledTime: new Date().toISOString(),
      tenant: {
        name: 'bench',
        baseUrl,
        secretId: 'bench',
        requestsPerSecond: rate ?? options.requestsPerSecond ?? 100,
        historyStart: '2026-01-01T00:00:00.000Z',
      },
    };
    return new Setting(source, baseUrl, event, environment, { platform, stores, function: run });
  }

  get tenant(): IngestEvent['tenant'] {
    return this.#event.tenant;
  }

  invoke(): Promise<FunctionRun> {
    return this.#processes.function.ask(this.#event);
  }

  /**
   * Invokes another function of the deployment with the same stores, in a separate process.
   * @param module its module in the bundle
   * @param name its name in the deployment
   */
  async invokeOther<Summary>(module: string, name: string, event: object): Promise<FunctionRun<Summary>> {
    const run = functionProcess(module, name, this.#environment);
    try {
      await run.next();
      return await run.ask(event);
    } finally {
      await run.stop();
    }
  }

  /** Requests that the platform has had, and those over its limit. */
  counts(): Promise<{ requests: number; rejected: number }> {
    return this.#processes.platform.ask('counts');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#processes).map((each) => each.stop()));
  }
}

/** A function of the bundle as it is deployed, that waits for events. */
function functionProcess(module: string, name: string, environment: Readonly<Record<string, string>>): BenchProcess {
  return new BenchProcess('function', buildBundle().replace(/ingest(?=\.mjs$)/, module), {
    ...environment,
    ...deployedMemory(name),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
}
