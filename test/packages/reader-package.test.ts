import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packReader } from '../../cli/packaging/pack-reader.ts';
import { createMetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import manifest from '../../packages/reader/package.json' with { type: 'json' };
import { readRepositoryFile } from '../docs/documents.ts';
import { FINISHED } from '../segments/fixtures/calls.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { EmptyProject, findNodes } from './empty-project.ts';

const READ = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getCallMetrics, listCallsByDay, METRICS } from 'ccaip-ingest-reader';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const metrics = { client, table: process.env.METRICS_TABLE };
const call = await getCallMetrics(metrics, 'acme', 42);
const days = [];
for await (const { call_id } of listCallsByDay(metrics, { tenant: 'acme', day: '2019-06-07' })) days.push(call_id);
console.log(JSON.stringify({ metrics: METRICS.length, talk: call.metrics.talk_time, days }));
`;

const TYPED = `
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type CallMetrics, getCallMetrics, InvalidItemError, listCallsByAgent, type Metric } from 'ccaip-ingest-reader';

export async function talk(client: DynamoDBDocumentClient, table: string): Promise<number | null> {
  const call: CallMetrics | undefined = await getCallMetrics({ client, table }, 'acme', 42);
  if (call === undefined) return null;
  const name: Metric = 'talk_time';
  const seconds: number | null = call.metrics[name].seconds;
  const at: string = call.created_at;
  for await (const each of listCallsByAgent({ client, table }, { tenant: 'acme', agentId: 1, from: at })) void each.family;
  // @ts-expect-error there is no such metric
  void call.metrics.talk_times;
  // @ts-expect-error an agent has a number
  listCallsByAgent({ client, table }, { tenant: 'acme', agentId: 'one' });
  // @ts-expect-error a family is one of few words
  const family: 'other' = call.family;
  return new InvalidItemError(family).name === 'InvalidItemError' ? seconds : null;
}
`;

let stores: Stores;
let destination: string;
let project: EmptyProject;
let env: Record<string, string>;
const nodes = await findNodes();

beforeAll(async () => {
  stores = await startStores();
  destination = await mkdtemp(join(tmpdir(), 'ccaip-packages-'));
  const others = ['zod', '@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb', '@types/node'];
  project = await EmptyProject.create('ccaip-ingest-reader', await packReader(destination), others);
  const taken = { record: FINISHED, dt: '2019-06-07', extractedAt: '2019-06-07T10:07:00.000Z', batch: '0000000001' };
  const table = stores.environment.METRICS_TABLE;
  const Item = createMetricsItem('acme', segmentCall(taken));
  await stores.aws.dynamodb.send(new PutCommand({ TableName: table, Item }));
  env = { ...stores.variables, METRICS_TABLE: table };
}, 240_000);
afterAll(async () => {
  await Promise.all([stores.close(), project[Symbol.asyncDispose](), rm(destination, { recursive: true })]);
});

const EXPECTED = { metrics: 12, talk: { seconds: 255, status: 'ok' }, days: [42] };

describe('the package of the reader in an empty project', { timeout: 120_000 }, () => {
  it.each([...nodes])('is used from plain JavaScript on Node %i', async (_, node) => {
    await project.write('read.js', READ);
    expect(JSON.parse(await project.run('read.js', env, node))).toEqual(EXPECTED);
  });

  it('is used from a bundle', async () => {
    await project.write('read.js', READ);
    await build({
      entryPoints: [join(project.folder, 'read.js')],
      outfile: join(project.folder, 'bundle.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      // the runtime of Lambda has the SDK
      external: ['@aws-sdk/*'],
    });
    expect(JSON.parse(await project.run('bundle.mjs', env))).toEqual(EXPECTED);
  });

  it.each(['nodenext', 'bundler'])(
    'has declarations for strict TypeScript with module resolution %s',
    async (resolution) => {
      await project.write('typed.ts', TYPED);
      await project.write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: {
            strict: true,
            exactOptionalPropertyTypes: true,
            noUncheckedIndexedAccess: true,
            noEmit: true,
            target: 'es2022',
            module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
            moduleResolution: resolution,
            types: ['node'],
            skipLibCheck: false,
          },
          files: ['typed.ts'],
        }),
      );
      const compiler = resolve('node_modules/typescript/bin/tsc');
      const messages = await promisify(execFile)(process.execPath, [compiler, '-p', project.folder]).then(
        () => '',
        ({ stdout }: { stdout: string }) => stdout,
      );
      // other packages have errors in their declarations
      expect(messages.split('\n').filter((line) => /^(typed\.ts|.*ccaip-ingest-reader)/.test(line))).toEqual([]);
    },
  );
});

describe('the package of the reader', () => {
  it('has an example on every exported symbol', () => {
    const program = ts.createProgram(['packages/reader/reader.ts'], {
      allowImportingTsExtensions: true,
      noEmit: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    });
    const checker = program.getTypeChecker();
    const source = program.getSourceFile('packages/reader/reader.ts');
    const module = source && checker.getSymbolAtLocation(source);
    const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
    expect(symbols.length).toBeGreaterThan(12);
    const without = symbols
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .filter((symbol) => !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('has the major version of the contract that it reads, and the AWS SDK as a peer', () => {
    const [, contract] =
      /contract of the metrics table, version (\d+)/.exec(readRepositoryFile('docs/dynamodb.md')) ?? [];
    expect(manifest.version.split('.')[0]).toBe(contract);
    expect(Object.keys(manifest.peerDependencies)).toEqual(['@aws-sdk/lib-dynamodb']);
    expect(Object.keys(manifest.dependencies)).toEqual(['zod']);
  });
});
