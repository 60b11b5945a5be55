import { gunzipSync } from 'node:zlib';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Simulation } from '../../simulator/simulation.ts';

const lineSchema = z.looseObject({ id: z.union([z.number(), z.string()]).optional(), _none: z.boolean().optional() });

/** Reads the outputs of the stack. */
export async function readOutputs(name: string, region: string): Promise<ReadonlyMap<string, string>> {
  const { Stacks: [stack] = [] } = await new CloudFormationClient({ region }).send(
    new DescribeStacksCommand({ StackName: name }),
  );
  return new Map((stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/**
 * Compares the ids in S3 and DynamoDB with those of the simulation.
 * @throws Error with the numbers if they differ
 */
export async function compareWithTruth(
  name: string,
  region: string,
  tenant: string,
  simulation: Simulation,
): Promise<string> {
  const outputs = await readOutputs(name, region);
  const told: string[] = [];
  for (const [endpoint, collection] of [
    ['call', 'calls'],
    ['chat', 'chats'],
    ['agent', 'agents'],
  ] as const) {
    const stored = await readIds(outputs.get('LakeBucket') ?? '', region, `raw/${endpoint}/tenant=${tenant}/`);
    const truth = new Set(simulation.records(collection, simulation.endMs).map(({ id }) => String(id)));
    check(`${endpoint} of ${tenant} in S3`, stored, truth);
    told.push(`${stored.size} of ${endpoint}`);
  }
  const items = await readCalls(outputs.get('MetricsTable') ?? '', region, tenant);
  check(
    `calls of ${tenant} in DynamoDB`,
    items,
    new Set(simulation.records('calls', simulation.endMs).map(({ id }) => String(id))),
  );
  return `  ${tenant}: ${told.join(', ')}, ${items.size} items in the metrics table`;
}

function check(what: string, stored: ReadonlySet<string>, truth: ReadonlySet<string>): void {
  const missing = [...truth].filter((id) => !stored.has(id));
  const extra = [...stored].filter((id) => !truth.has(id));
  if (truth.size === 0 || missing.length + extra.length > 0)
    throw new Error(`${what}: ${truth.size} expected, ${missing.length} missing, ${extra.length} too many`);
}

async function readIds(bucket: string, region: string, prefix: string): Promise<Set<string>> {
  const s3 = new S3Client({ region, forcePathStyle: true });
  const ids = new Set<string>();
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      for (const line of gunzipSync(bytes).toString().trim().split('\n')) {
        const { id, _none: none } = lineSchema.parse(JSON.parse(line));
        if (none !== true && id !== undefined) ids.add(String(id));
      }
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return ids;
}

async function readCalls(table: string, region: string, tenant: string): Promise<Set<string>> {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ region }));
  const ids = new Set<string>();
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamodb.send(
      new ScanCommand({ TableName: table, ProjectionExpression: 'call_key', ExclusiveStartKey: start }),
    );
    for (const { call_key: key } of page.Items ?? []) {
      const [owner, id = ''] = String(key).split('#');
      if (owner === tenant) ids.add(id);
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return ids;
}
