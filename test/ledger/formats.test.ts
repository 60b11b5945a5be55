import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUDGET,
  CHECKPOINT,
  CURATION,
  INFERRED_SCHEMA,
  toEntryKey,
  toStatePartition,
} from '../../lambdas/aws/state-keys.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { checkFormat } from '../../lambdas/common/format-version.ts';
import { CurationStore } from '../../lambdas/curation/curation-store.ts';
import { SchemaStore } from '../../lambdas/drift/schema-store.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { readStatus } from '../../lambdas/ledger/endpoint-status.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { parseReplayPosition } from '../../lambdas/replay/replay-position.ts';
import { TailPosition } from '../../lambdas/sources/tail/tail-position.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';

let stores: Stores;
let table: string;
beforeAll(async () => {
  stores = await startStores();
  table = stores.environment.STATE_TABLE;
});
afterAll(() => stores.close());

const put = (Item: Record<string, unknown>) => stores.aws.dynamodb.send(new PutCommand({ TableName: table, Item }));
const itemsAt = async (pk: string) => (await itemsOf(stores.aws, table)).filter((item) => item.pk === pk);

describe('state that a newer release wrote', () => {
  const pk = toStatePartition('newer', 'call');
  const future = 'this release reads formats up to 1: deploy the release that wrote it, or a newer one';

  it('as a checkpoint is refused by every use and not changed', async () => {
    await put({ pk, sk: CHECKPOINT, formatVersion: 2, lease: 'in another attribute', leaseUntil: 0, seq: 3 });
    const before = await itemsAt(pk);
    const store = new CheckpointStore(stores.aws.dynamodb, table, 'newer', 'call', () => 1_000_000_000_000);
    for (const use of [() => store.acquire('a'), () => store.takeSlot('b'), () => store.read()])
      await expect(use()).rejects.toThrow(
        new ConfigurationError(`the checkpoint of newer call has format 2, and ${future}`),
      );
    await expect(readStatus(stores.aws.dynamodb, table, 0)).rejects.toThrow(
      'the checkpoint of newer call has format 2',
    );
    expect(await itemsAt(pk)).toEqual(before);
  });

  it('as a ledger entry is refused', async () => {
    await put({ pk, sk: toEntryKey(1), formatVersion: 9, seq: 1 });
    const reading = Array.fromAsync(new Ledger(stores.aws.dynamodb, table, 'newer').entriesAfter('call', 0));
    await expect(reading).rejects.toThrow(`the ledger entry ${pk} ${toEntryKey(1)} has format 9, and ${future}`);
  });

  it('as an inferred schema is refused', async () => {
    await put({ pk, sk: INFERRED_SCHEMA, formatVersion: 2 });
    const loading = new SchemaStore(stores.aws.dynamodb, table, 'newer', 'call').load();
    await expect(loading).rejects.toThrow(`the inferred schema of ${pk} has format 2, and ${future}`);
  });

  it('as state of curation is refused', async () => {
    await put({ pk: CURATION, sk: 'curated_call', formatVersion: 2 });
    const reading = new CurationStore(stores.aws.dynamodb, table).table('curated_call');
    await expect(reading).rejects.toThrow('the curation state #curation curated_call has format 2');
  });

  it('as a rate budget is refused by every use and not changed', async () => {
    await put({ pk: 'newer', sk: BUDGET, formatVersion: 2, nextAt: 0, pausedUntil: 0 });
    const before = await itemsAt('newer');
    const budget = new DynamoRateBudget(stores.aws.dynamodb, table, 'newer', 8, new VirtualTime().effects());
    for (const use of [() => budget.acquire(1_000), () => budget.pause(1_000)])
      await expect(use()).rejects.toThrow(
        new ConfigurationError(`the rate budget of newer has format 2, and ${future}`),
      );
    expect(await itemsAt('newer')).toEqual(before);
  });

  it('as the position of a source or of a replay is refused', () => {
    const position = { formatVersion: 2, cursor: null };
    expect(() => TailPosition.parse(position, false)).toThrow('the cursor position of a tail has format 2');
    expect(() => parseReplayPosition(JSON.stringify(position))).toThrow('the position of a replay has format 2');
  });
});

describe('a format version', () => {
  it.each([1, 2, 3])('of %i is read by a release that knows version three', (found) => {
    expect(checkFormat(found, 3, 'thing')).toBeUndefined();
  });

  it.each([0, 4, -1, 1.5, '1', null, Number.NaN])('of %j is not', (found) => {
    expect(() => checkFormat(found, 3, 'thing')).toThrow('the thing has format');
  });

  it('that is missing says that a release before the first one wrote it', () => {
    expect(() => checkFormat(undefined, 1, 'thing')).toThrow('a release before 0.1.0 wrote it');
  });
});
