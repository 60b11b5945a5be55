import type { Endpoint } from '../../catalog/index.ts';
import { findEndpoint } from '../../catalog/index.ts';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { S3Objects } from '../../lambdas/aws/s3-objects.ts';
import { type ReplayRequest, type ReplaySummary, replay } from '../../lambdas/replay/replay.ts';
import type { ReplayReport } from '../../lambdas/replay/replay-counts.ts';
import { type ReplayOptions, replayOptionsSchema } from '../../lambdas/replay/replay-event.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { DAY, type World } from '../runs/run-world.ts';
import { withLake } from '../sql/lake-of-lines.ts';
import type { Row } from '../support/fake-platform.ts';
import type { StoredObject } from '../support/test-stores.ts';

export const CALL = findEndpoint('call') as Endpoint;

/** Replays the calls of a world. */
export function replayOf(
  world: World,
  options: Partial<ReplayOptions> = {},
  changes: Partial<ReplayRequest> = {},
): Promise<ReplaySummary> {
  return replay({
    endpoint: CALL,
    tenant: world.tenant.name,
    options: replayOptionsSchema.parse(options),
    continuation: 0,
    run: 'replay-1',
    timeLeft: () => 900_000,
    environment: world.environment,
    aws: world.aws,
    effects: world.time.effects({}),
    ...changes,
  });
}

/** A report in which only this happened. */
export const reportOf = (happened: Partial<ReplayReport>): ReplayReport => ({
  days: 1,
  ofDays: 1,
  records: 0,
  objects: 0,
  same: 0,
  missing: 0,
  changed: 0,
  newer: 0,
  expired: 0,
  metrics: {},
  attributes: {},
  ...happened,
});

/** Items in the order of their keys. */
export async function sortedItems(world: World): Promise<Row[]> {
  const items = await world.metrics();
  return items.sort((a, b) => (String(a.call_key) < String(b.call_key) ? -1 : 1));
}

/** The answer of DuckDB over the objects of a world. */
export async function ask(world: World, sql: string): Promise<readonly Row[]> {
  const objects = await world.objects();
  return withLake(Object.fromEntries(objects.map(toFile)), async (folder) => {
    await using warehouse = await openWarehouse(folder, { threads: 1 });
    return (await warehouse.query(sql)).rows;
  });
}

const toFile = ({ key, records }: StoredObject) => [key.replace(/\.ndjson\.gz$/, ''), [...records]] as const;

/** Calls on two more days before the usual one. */
export function callsOnThreeDays(world: World, perDay: number): void {
  for (const [index, dt] of ['2026-02-27', '2026-03-01', DAY].entries())
    for (const row of world.calls(perDay))
      Object.assign(row, {
        created_at: `${dt}T10:00:00.000Z`,
        updated_at: `2026-03-02T1${index}:00:00.${String(row.id).padStart(3, '0')}Z`,
      });
}

/** The same clients, with the names of all commands that are sent from now on. */
export function watched(aws: AwsClients): { readonly aws: AwsClients; readonly sent: string[] } {
  const sent: string[] = [];
  const watch = <Client extends object>(client: Client): Client =>
    new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'send' || typeof value !== 'function') return value;
        return (command: object) => {
          sent.push(command.constructor.name);
          return value.call(target, command);
        };
      },
    });
  return {
    aws: {
      s3: async () => new S3Objects(watch((await aws.s3()).client)),
      dynamodb: watch(aws.dynamodb),
      secrets: aws.secrets,
    },
    sent,
  };
}
