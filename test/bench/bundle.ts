import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import { type Figure, median } from './bench-figure.ts';
import { BenchProcess } from './child-process.ts';
import { buildBundle, deployedMemory } from './deployed.ts';
import type { LoadTimes } from './processes/load.ts';

const ROUNDS = 25;

type Memory = ReturnType<typeof deployedMemory>;

const EVENT: IngestEvent = {
  endpoint: 'call',
  scheduledTime: '2026-03-02T12:00:00.000Z',
  tenant: {
    name: 'bench',
    baseUrl: 'https://acme.uc1.ccaiplatform.com/manager/api/v1',
    secretId: 'bench',
    historyStart: '2026-01-01T00:00:00.000Z',
  },
};

/**
 * The duration of a cold start, compared with functions that load the clients and do nothing. The S3 client is loaded later, only
 * by runs that write something: one figure includes it in the cold start.
 */
export async function bundleFigures(): Promise<Figure[]> {
  const bundles = {
    deployed: buildBundle(),
    bare: buildBundle(join(import.meta.dirname, 'bare-clients.ts')),
    allAtOnce: buildBundle(join(import.meta.dirname, 'all-at-once.ts')),
    bareRequest: buildBundle(join(import.meta.dirname, 'bare-request.ts')),
  };
  const memory = deployedMemory('call');
  const rounds: Record<keyof typeof bundles, LoadTimes>[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await loadEach(bundles, memory, round));
  const ratio = (name: string, values: number[], aim?: Figure['aim']): Figure => ({
    name,
    value: median(values),
    unit: 'ratio',
    ...(aim && { aim }),
  });
  const kilobytes = bytesRead(bundles.deployed) / 1000;
  return [
    { name: 'modules that a cold start reads', value: Math.round(kilobytes), unit: 'kB', aim: { atMost: 600 } },
    ratio(
      'load time of the deployed bundle / bare S3 and DynamoDB clients',
      rounds.map((each) => each.deployed.loaded / each.bare.loaded),
      { atMost: 1.2 },
    ),
    ratio(
      'time to the first request / bare clients that send one',
      rounds.map((each) => each.deployed.requested / each.bareRequest.requested),
    ),
    ratio(
      'load time if it had the S3 client at once / bare S3 and DynamoDB clients',
      rounds.map((each) => each.allAtOnce.loaded / each.bare.loaded),
    ),
    {
      name: 'load time of the deployed bundle',
      value: Math.round(median(rounds.map((each) => each.deployed.loaded))),
      unit: 'ms',
    },
    {
      name: 'time to the first request',
      value: Math.round(median(rounds.map((each) => each.deployed.requested))),
      unit: 'ms',
    },
  ];
}

/** Loads every bundle once. Each round starts with a different bundle, so that the order does not matter. */
async function loadEach<Name extends string>(bundles: Record<Name, string>, memory: Memory, round: number) {
  const names = Object.keys(bundles) as Name[];
  const times: Partial<Record<Name, LoadTimes>> = {};
  for (const [i] of names.entries()) {
    const name = names[(i + round) % names.length] as Name;
    times[name] = await load(bundles[name], memory);
  }
  return times as Record<Name, LoadTimes>;
}

async function load(bundle: string, memory: Memory): Promise<LoadTimes> {
  const child = new BenchProcess(
    'load',
    { bundle, event: EVENT },
    {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      // no server listens there
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      LAKE_BUCKET: 'lake',
      METRICS_TABLE: 'metrics',
      STATE_TABLE: 'state',
      TENANT_HOSTS: JSON.stringify({ bench: new URL(EVENT.tenant.baseUrl).host }),
      ...memory,
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    },
  );
  const times = await child.next<LoadTimes>();
  await child.stop();
  return times;
}

/** Size of a module and its static imports, bytes. */
function bytesRead(entry: string): number {
  const read = new Set([entry]);
  for (const file of read)
    for (const [, imported = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)"\.\/(chunk-\w+\.mjs)"/g))
      read.add(join(dirname(entry), imported));
  return [...read].reduce((sum, file) => sum + statSync(file).size, 0);
}
