import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import type { Environment } from '../../lambdas/aws/environment.ts';
import { type EndpointStatus, readStatus } from '../../lambdas/ledger/endpoint-status.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import type { LedgerEntry } from '../../lambdas/ledger/ledger-entry.ts';
import type { Tenant } from '../../lambdas/platform/tenant.ts';
import { ingest } from '../../lambdas/runs/ingest.ts';
import type { IngestRequest } from '../../lambdas/runs/ingest-request.ts';
import type { IngestSummary } from '../../lambdas/runs/run-summary.ts';
import { type Habits, Platform, type Row } from '../support/fake-platform.ts';
import { itemsOf, objectsOf, type StoredObject, type Stores } from '../support/test-stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** When calls are answered, in the tests. */
export const DAY = '2026-03-02';
export const NOW = `${DAY}T12:00:00.000Z`;

/** A platform, empty stores and the functions, on one clock. */
export class World {
  readonly time = new VirtualTime(NOW);
  readonly platform: Platform;
  readonly environment: Environment;
  readonly aws: AwsClients;
  tenant: Tenant = {
    name: 'acme',
    baseUrl: 'https://acme.example/manager/api/v1',
    secretId: 'ccaip/acme',
    requestsPerSecond: 8,
    backfillShare: 0.1,
    lookBackMinutes: 10,
    settleSeconds: 60,
    historyStart: '2026-02-01T00:00:00.000Z',
    sources: {},
  };
  #runs = 0;

  private constructor(stores: Pick<Stores, 'aws'>, environment: Environment, habits: Partial<Habits>) {
    this.aws = stores.aws;
    this.environment = environment;
    this.platform = new Platform(this.time.now, habits);
  }

  static async create(stores: Pick<Stores, 'aws' | 'fresh'>, habits: Partial<Habits> = {}): Promise<World> {
    return new World(stores, await stores.fresh(), habits);
  }

  ingest(endpoint: string, changes: Partial<IngestRequest> = {}): Promise<IngestSummary> {
    this.#runs += 1;
    return ingest({
      endpoint,
      tenant: this.tenant,
      scheduledTime: NOW,
      continuation: 0,
      run: `run-${this.#runs}`,
      timeLeft: () => 900_000,
      environment: this.environment,
      aws: this.aws,
      effects: this.time.effects({ fetch: this.platform.fetch }),
      ...changes,
    });
  }

  /** Adds answered calls, some minutes apart, the last one an hour ago. */
  calls(count: number, changes: Row = {}, apart = 1): Row[] {
    const rows = this.platform.rows('/calls');
    const added = Array.from({ length: count }, (_, i) => call(rows.length + i + 1, 60 + (count - i) * apart, changes));
    rows.push(...added);
    return added;
  }

  objects(prefix = ''): Promise<StoredObject[]> {
    return objectsOf(this.aws, this.environment.LAKE_BUCKET, prefix);
  }

  metrics(): Promise<Row[]> {
    return itemsOf(this.aws, this.environment.METRICS_TABLE);
  }

  ledger(endpoint: string): Promise<LedgerEntry[]> {
    const { STATE_TABLE } = this.environment;
    return Array.fromAsync(new Ledger(this.aws.dynamodb, STATE_TABLE, this.tenant.name).entriesAfter(endpoint, 0));
  }

  async status(endpoint: string): Promise<EndpointStatus | undefined> {
    const all = await readStatus(this.aws.dynamodb, this.environment.STATE_TABLE, this.time.time);
    return all.find((each) => each.endpoint === endpoint);
  }
}

/** A call answered a number of minutes ago: 10 s of IVR, 30 s of queue, 5 s of ring, 300 s of talk. */
export function call(id: number, minutesAgo: number, changes: Row = {}): Row {
  const start = Date.parse(NOW) - minutesAgo * 60_000;
  const after = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  return {
    id,
    call_type: 'Voice Inbound (IVR)',
    status: 'finished',
    created_at: after(0),
    queued_at: after(10),
    assigned_at: after(40),
    connected_at: after(45),
    ends_at: after(345),
    updated_at: after(350),
    queue_duration: 30,
    call_duration: 300,
    hold_duration: 0,
    selected_menu: { id: 9, name: 'Sales' },
    agent_info: { id: 100 + (id % 3), name: 'Sam Example' },
    end_user: { id: 75, identifier: 'sam@example.com' },
    transfers: [],
    participants: [
      {
        id: id * 10,
        type: 'agent',
        call_id: id,
        user_id: 100 + (id % 3),
        connected_at: after(45),
        ended_at: after(345),
      },
      { id: id * 10 + 1, type: 'end_user', call_id: id, end_user_id: 75, connected_at: after(0), ended_at: after(345) },
    ],
    key_of_tomorrow: { a: [1, null, 'ü'] },
    ...changes,
  };
}

/** A record as the API sent it, without what ingestion added. */
export function sent({ _extracted_at, _batch, ...record }: Row): Row {
  return record;
}
