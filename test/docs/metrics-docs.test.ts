import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRIC_STATUSES, METRICS } from '../../catalog/segment-metrics.ts';
import { FORMULAS } from '../../cli/explain/formulas.ts';
import { createMetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { FAMILY_SEGMENTS } from '../../lambdas/segments/families.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import { METRICS_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { agent, FINISHED, finishedWith, INBOUND_QUEUED, transfer } from '../segments/fixtures/calls.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

const metrics = readFileSync('docs/metrics.md', 'utf8');
const readme = readFileSync('README.md', 'utf8');
const dynamodb = readFileSync('docs/dynamodb.md', 'utf8');

/** Code blocks of a language. */
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

describe('docs/metrics.md', () => {
  it.each(METRICS)('has a section on %s with its formula and the fields that it names', (metric) => {
    const section = metrics.split('\n### ').find((each) => each.split('\n')[0]?.includes(`\`${metric}\``)) ?? '';
    expect(section).toContain(`\`${FORMULAS[metric].formula}\``);
    for (const name of FORMULAS[metric].inputs.flat()) expect(section).toContain(`\`${name}\``);
  });

  it('has a row for every status, with whether there is a value', () => {
    for (const status of METRIC_STATUSES)
      expect(metrics).toMatch(
        new RegExp(`^\\| \`${status}\` \\| ${['ok', 'approximate'].includes(status) ? 'yes' : 'no'} \\|`, 'm'),
      );
  });

  it.each(Object.entries(FAMILY_SEGMENTS))('says what calls of the family %s never have', (family, { ivr, queue }) => {
    const row = metrics.split('\n').find((line) => line.startsWith(`| \`${family}\` |`)) ?? '';
    expect(row).not.toBe('');
    expect(row.includes('`ivr_time`')).toBe(!ivr);
    expect(row.includes('`queue_time`')).toBe(!queue);
  });

  it('draws a call with the numbers of the engine', () => {
    const call = finishedWith([agent(2, '10:04:00', '10:06:05')], [transfer('10:03:40', 2)]);
    const computed = computeCallSegments(call).metrics;
    const drawn = [...metrics.matchAll(/([a-z_]+_time(?:, [a-z_]+_time)?) (\d+)/g)].flatMap(([, names = '', seconds]) =>
      names.split(', ').map((name) => [name, Number(seconds)] as const),
    );
    expect(drawn.length).toBeGreaterThanOrEqual(8);
    for (const [name, seconds] of drawn) expect([name, Object(computed)[name].seconds]).toEqual([name, seconds]);
    expect(metrics).toContain(
      `\`hold_time\` ${computed.hold_time.seconds}, \`talk_time\` ${computed.talk_time.seconds}`,
    );
  });
});

describe('docs/dynamodb.md', () => {
  let stores: Stores;
  let name: string;
  beforeAll(async () => {
    stores = await startStores();
    name = stores.environment.METRICS_TABLE;
    const records = [FINISHED, { ...INBOUND_QUEUED, id: 43, created_at: FINISHED.created_at }];
    for (const record of [
      ...records,
      { ...FINISHED, id: 44, created_at: '2019-06-07T10:00:01Z', selected_menu: { id: 9 } },
    ]) {
      const taken = { record, dt: '2019-06-07', extractedAt: '2019-06-07T11:00:00.000Z', batch: '0000000001' };
      await stores.aws.dynamodb.send(
        new PutCommand({ TableName: name, Item: createMetricsItem('acme', segmentCall(taken)) }),
      );
    }
  });
  afterAll(() => stores.close());

  it('has the keys of the table and of every index', () => {
    const row = (...cells: string[]) => expect(dynamodb).toContain(`| ${cells.join(' | ')}`);
    row('table', `\`${METRICS_TABLE_KEYS.partition}\``);
    for (const [index, { partition, sort }] of Object.entries(METRICS_TABLE_KEYS.indexes)) {
      row(`\`${index}\``, `\`${partition}\``);
      expect(dynamodb).toMatch(new RegExp(`\`${index}\` \\| \`${partition}\` = .* \\| \`${sort}\` \\|`));
    }
  });

  /** Lines that an example prints. */
  async function run(code: string): Promise<string[]> {
    const file = `docs-example-${process.pid}.mts`;
    // this repository knows the source of the package by another name
    await writeFile(file, code.replaceAll("'ccaip-ingest-reader'", "'ccaip-ingest/reader'"));
    try {
      const env = { ...process.env, ...stores.variables, METRICS_TABLE: name };
      const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
      return stdout.trimEnd().split('\n');
    } finally {
      await rm(file);
    }
  }

  it('has TypeScript that runs unchanged', async () => {
    const [code = ''] = blocks(dynamodb, 'ts');
    expect(await run(code)).toEqual([
      'talked for 255 seconds',
      'call of agent 1: 42',
      'call of agent 1: 44',
      'settled call of queue 9: 44',
      'call of the day: 42',
      'call of the day: 43',
      'call of the day: 44',
    ]);
  });

  it("agrees with the README's function for the average handle time of a day", async () => {
    const [code = ''] = blocks(readme, 'ts');
    const yesterday = 'new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)';
    expect(code).toContain(yesterday);
    expect(await run(code.replace(yesterday, "'2019-06-07'"))).toEqual(['2019-06-07: 2 calls, average 300 seconds']);
  });

  it('has commands of the AWS CLI that find the call', async () => {
    const commands = blocks(dynamodb, 'sh')
      .join('')
      .replaceAll('\\\n', '')
      .split('\n')
      .filter((line) => line.startsWith('aws dynamodb'));
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const option = (flag: string) =>
        new RegExp(`--${flag} (?:'([^']*)'|"([^"]*)"|(\\S+))`).exec(command)?.slice(1).find(Boolean);
      expect(option('table-name')).toBe('$METRICS_TABLE');
      const answer = command.includes('get-item')
        ? {
            Items: [
              (
                await stores.aws.dynamodb.send(
                  new GetItemCommand({ TableName: name, Key: JSON.parse(option('key') ?? '') }),
                )
              ).Item,
            ],
          }
        : await stores.aws.dynamodb.send(
            new QueryCommand({
              TableName: name,
              IndexName: option('index-name'),
              KeyConditionExpression: option('key-condition-expression'),
              ExpressionAttributeValues: JSON.parse(option('expression-attribute-values') ?? ''),
            }),
          );
      expect(answer.Items?.map((item) => item?.call_key?.S)).toContain('acme#42');
    }
  });

  it('names every attribute that an item can have', () => {
    const taken = { record: FINISHED, dt: '2019-06-07', extractedAt: '2019-06-07T11:00:00.000Z', batch: '0000000001' };
    for (const attribute of Object.keys(createMetricsItem('acme', segmentCall(taken), 30)))
      if (!METRICS.some((metric) => metric === attribute)) expect(dynamodb).toContain(`\`${attribute}\``);
  });
});
