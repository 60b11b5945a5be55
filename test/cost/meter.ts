import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import type { TableKeys } from '../../packages/reader/table-keys.ts';
import { FakeDynamoDb } from '../chaos/aws/fake-dynamodb.ts';
import { FakeS3 } from '../chaos/aws/fake-s3.ts';
import { readInsert } from '../chaos/aws/partiql.ts';
import { itemSize } from '../support/item-size.ts';
import { s3Over } from '../support/s3-over.ts';

type Fields = Readonly<Record<string, unknown>>;
type Counts = Map<string, number>;

/**
 * What AWS would bill, counted at stores in memory. They answer what the embedded ones do, and the units are those that
 * the embedded DynamoDB bills: tests compare both.
 */
export class Meter {
  /** Write units by what is written: `metrics`, `state checkpoint`, `state batch`... */
  readonly writes: Counts = new Map();
  /** Write units of a table's indexes, read units: by table. */
  readonly indexWrites: Counts = new Map();
  readonly reads: Counts = new Map();
  /** Objects by zone of the lake. */
  readonly puts: Counts = new Map();
  readonly gets: Counts = new Map();
  /** Requests to DynamoDB, S3 and Secrets Manager. */
  calls = 0;
  /** How often an answer of AWS is waited for: those to requests that are sent at once come at once. */
  waits = 0;
  secretCalls = 0;
  /** Compressed bytes written to S3. */
  bytes = 0;
  readonly aws: AwsClients;
  readonly #keys: Readonly<Record<string, TableKeys>>;
  readonly #dynamodb: FakeDynamoDb;
  readonly #s3 = new FakeS3();
  #waiting: Promise<void> | undefined;

  /** @param keys of the tables, by name @param secret text of every secret */
  constructor(keys: Readonly<Record<string, TableKeys>>, secret: string) {
    this.#keys = keys;
    this.#dynamodb = new FakeDynamoDb(keys);
    const clients = {
      dynamodb: { send: (command: unknown) => this.#answer(() => this.#toDynamoDb(command)) },
      s3: s3Over({ send: (command: unknown) => this.#answer(() => this.#toS3(command)) }),
      secrets: {
        send: () =>
          this.#answer(() => {
            this.secretCalls += 1;
            return { SecretString: secret };
          }),
      },
    };
    // the stores only ever call send
    this.aws = clients as unknown as AwsClients;
  }

  /** Counts from here on; what is stored stays. */
  reset(): void {
    for (const counts of [this.writes, this.indexWrites, this.reads, this.puts, this.gets]) counts.clear();
    this.calls = 0;
    this.waits = 0;
    this.secretCalls = 0;
    this.bytes = 0;
  }

  async #answer(act: () => Fields): Promise<Fields> {
    this.calls += 1;
    if (this.#waiting === undefined) {
      this.waits += 1;
      this.#waiting = new Promise((resolve) =>
        setImmediate(() => {
          this.#waiting = undefined;
          resolve();
        }),
      );
    }
    await this.#waiting;
    return act();
  }

  #toDynamoDb(command: unknown): Fields {
    if (command instanceof PutCommand) return this.#write(command, Object(command.input.Item));
    if (command instanceof UpdateCommand) return this.#write(command, Object(command.input.Key));
    if (command instanceof BatchExecuteStatementCommand) return this.#insert(command);
    const answer = this.#dynamodb.execute(command);
    if (command instanceof GetCommand || command instanceof QueryCommand) {
      const { TableName: table = '', ConsistentRead: isConsistent } = command.input;
      const items = [answer.Item ?? answer.Items ?? []].flat();
      const size = items.reduce((bytes: number, item) => bytes + itemSize(Object(item)), 0);
      add(this.reads, table, unitsOf(size, 4096) * (isConsistent ? 1 : 0.5));
      return answer;
    }
    if (command instanceof BatchGetCommand) {
      const requested = Object.entries(command.input.RequestItems ?? {});
      for (const [table, { Keys: keys = [], ConsistentRead: isConsistent }] of requested)
        for (const key of keys)
          add(
            this.reads,
            table,
            unitsOf(itemSize(this.#dynamodb.item(table, key) ?? {}), 4096) * (isConsistent ? 1 : 0.5),
          );
      return answer;
    }
    throw new Error(`the meter does not know what ${Object.getPrototypeOf(command).constructor.name} costs`);
  }

  /** A write is billed by the larger of the items before and after it, also if its condition fails. */
  #write(command: PutCommand | UpdateCommand, key: Fields): Fields {
    const { TableName: table = '' } = command.input;
    const before = this.#dynamodb.item(table, key);
    let after = command instanceof PutCommand ? key : before;
    try {
      const answer = this.#dynamodb.execute(command);
      after = this.#dynamodb.item(table, key);
      this.#countIndexes(table, before, after);
      return answer;
    } finally {
      const size = Math.max(itemSize(before ?? {}), itemSize(after ?? {}));
      add(this.writes, kindOf(table, key), unitsOf(size, 1024));
    }
  }

  /** Each statement is billed like a separate write: the larger item, also if the existing item stays. */
  #insert(command: BatchExecuteStatementCommand): Fields {
    const inserts = (command.input.Statements ?? []).map(readInsert).filter((insert) => insert !== undefined);
    const before = inserts.map(({ table, item }) => this.#dynamodb.item(table, item));
    const answer = this.#dynamodb.execute(command);
    for (const [i, { table, item }] of inserts.entries()) {
      const old = before[i];
      if (old === undefined) this.#countIndexes(table, undefined, item);
      add(this.writes, kindOf(table, item), unitsOf(Math.max(itemSize(old ?? {}), itemSize(item)), 1024));
    }
    return answer;
  }

  /** An index that holds keys only is written when a key of it changes: an entry that goes and one that comes. */
  #countIndexes(table: string, before: Fields | undefined, after: Fields | undefined): void {
    for (const { partition, sort = '' } of Object.values(this.#keys[table]?.indexes ?? {})) {
      const [old, now] = [before, after].map((item) =>
        item?.[partition] === undefined ? undefined : JSON.stringify([item[partition], item[sort]]),
      );
      if (old === now) continue;
      add(this.indexWrites, table, (old === undefined ? 0 : 1) + (now === undefined ? 0 : 1));
    }
  }

  #toS3(command: unknown): Fields {
    if (command instanceof PutObjectCommand) {
      add(this.puts, zoneOf(command.input.Key), 1);
      if (command.input.Body instanceof Uint8Array) this.bytes += command.input.Body.length;
    }
    if (command instanceof GetObjectCommand) add(this.gets, zoneOf(command.input.Key), 1);
    return this.#s3.execute(command);
  }
}

/** Number of units of a given size in bytes: at least one. */
const unitsOf = (size: number, unit: number) => Math.max(1, Math.ceil(size / unit));

/** The table, and of the state table what its item is. */
const kindOf = (table: string, { sk }: Fields) => (sk === undefined ? table : `${table} ${String(sk).split('#')[0]}`);

const zoneOf = (key = '') => key.split('/')[0] ?? '';

function add(counts: Counts, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}
