import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { formatSequence } from '../../lambdas/aws/state-keys.ts';
import { DayIndex } from '../../lambdas/days/day-index.ts';
import { Lake } from '../../lambdas/lake/lake.ts';
import type { Taken } from '../../lambdas/lake/lake-records.ts';
import { writeBatch } from '../../lambdas/lake/write-batch.ts';
import { MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { MetricsWriter } from '../../lambdas/metrics/metrics-writer.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { FakeDynamoDb } from '../chaos/aws/fake-dynamodb.ts';
import { FakeS3 } from '../chaos/aws/fake-s3.ts';
import { compareVersions, groupBy, isMark, newest, type RawLine, rawLines } from '../chaos/laws/lake-view.ts';
import { s3Over } from '../support/s3-over.ts';

const chat = findEndpoint('chat');
const AT = Date.parse('2026-03-02T12:00:00.000Z');
const DAYS = ['2026-02-01', '2026-03-01', '2026-03-02', '2026-03-09'];

/** A version of a record as a writer reads it. */
interface Version {
  readonly id: number;
  readonly dt: string;
  readonly changed: number;
  readonly extracted: number;
}

/** A run that writes one batch, and how many requests it survives. */
interface Writer {
  readonly versions: readonly Version[];
  readonly seq: number;
  readonly dies: number | null;
}

const version = fc.record({
  // ids of one bucket, so that writers meet there
  id: fc.integer({ min: 1, max: 2 }),
  dt: fc.constantFrom(...DAYS),
  changed: fc.nat(4),
  extracted: fc.integer({ min: 2, max: 5 }),
});
const writers = fc.array(
  fc.record({
    versions: fc.array(version, { minLength: 1, maxLength: 3 }),
    // two attempts of which one died can have the same number
    seq: fc.integer({ min: 1, max: 4 }),
    dies: fc.option(fc.nat(6)),
  }),
  { minLength: 1, maxLength: 5 },
);

const take = ({ id, dt, changed, extracted }: Version): Taken => {
  const record = { id, created_at: `${dt}T10:00:00.000Z`, updated_at: isoTime(AT + changed * 1000) };
  return { record, json: JSON.stringify(record), dt, extractedAt: isoTime(AT + extracted * 1000) };
};

const describeLine = ({ seq }: Writer, each: Version): RawLine => {
  const { record, json, dt, extractedAt } = take(each);
  return { key: '', committed: true, dt, record, text: json, extractedAt, batch: formatSequence(seq) };
};

/** Runs all writers at once, in any order of their requests. The ones with a newest version do not die: they would be repeated. */
async function runAll(scheduler: fc.Scheduler, all: readonly Writer[]): Promise<readonly RawLine[]> {
  const lines = all.flatMap((writer) => writer.versions.map((each) => describeLine(writer, each)));
  const isNewest = (line: RawLine) =>
    lines.every((other) => other.record.id !== line.record.id || compareVersions('updated_at', other, line) <= 0);
  const dynamodb = new FakeDynamoDb({ metrics: METRICS_TABLE_KEYS, state: STATE_TABLE_KEYS });
  const s3 = new FakeS3();
  const run = async (writer: Writer) => {
    const survives = writer.versions.some((each) => isNewest(describeLine(writer, each)));
    let left = survives || writer.dies === null ? Number.POSITIVE_INFINITY : writer.dies;
    const send = (act: (command: unknown) => unknown) => async (command: unknown) => {
      await scheduler.schedule(Promise.resolve());
      left -= 1;
      if (left < 0) throw new Error('the run died');
      return act(command);
    };
    // the stores only ever call send
    const aws = {
      dynamodb: { send: send((command) => dynamodb.execute(command)) },
      s3: s3Over({ send: send((command) => s3.execute(command)) }),
    } as unknown as AwsClients;
    if (chat === undefined) throw new Error('there are no chats');
    const metrics = new MetricsWriter({
      table: new MetricsTable(aws.dynamodb, 'metrics'),
      tenant: 'acme',
      effects: { sleep: async () => undefined, random: () => 0 },
      timeLeft: () => 900_000,
      keepAlive: async () => undefined,
    });
    const context = {
      endpoint: chat,
      tenant: 'acme',
      run: 'run',
      lake: new Lake(aws.s3, 'lake'),
      days: DayIndex.create(aws.dynamodb, 'state', 'acme', chat),
      metrics,
      effects: { breathe: async () => undefined },
    };
    const batch = { taken: writer.versions.map(take), rejected: [], extractedAt: isoTime(AT) };
    await writeBatch(context, batch, writer.seq).catch((error: Error) => {
      if (error.message !== 'the run died') throw error;
    });
  };
  const running = all.map(run);
  await scheduler.waitFor(Promise.all(running));
  const newestLines = lines.filter(isNewest);
  const shown = [...groupBy(rawLines(s3.objects, new Set(), 'acme', 'chat'), ({ dt, record }) => `${dt} ${record.id}`)]
    .flatMap(([, group]) => newest('updated_at', group))
    .filter((line) => !isMark(line));
  const texts = (found: readonly RawLine[]) => [...new Set(found.map(({ text }) => text))].sort();
  expect(texts(shown)).toEqual(texts(newestLines));
  return shown;
}

it('a record is shown once, in its newest version, whatever writers meet and wherever the others die', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), writers, async (scheduler, all) => {
      await runAll(scheduler, all);
    }),
    { numRuns: 1_500 },
  );
});
