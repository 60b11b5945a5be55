import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableKeys } from '../../lambdas/config/tables.ts';
import { itemSize } from '../support/item-size.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What AWS would bill, counted at the clients of the functions. */
export class Meter {
  /** Write units of a table and of its indexes, read units, by name of the table. */
  readonly writes = new Map<string, number>();
  readonly indexWrites = new Map<string, number>();
  readonly reads = new Map<string, number>();
  /** Requests to S3 by command. */
  readonly objects = new Map<string, number>();
  /** Requests to DynamoDB and S3. */
  calls = 0;
  /** Compressed bytes written to S3. */
  bytes = 0;
  readonly #keys: ReadonlyMap<string, TableKeys>;
  readonly #stored = new Map<string, Fields>();

  /** @param keys of the tables, by name */
  constructor(keys: ReadonlyMap<string, TableKeys>) {
    this.#keys = keys;
  }

  /** Counts what these clients do from now on. */
  watch({ dynamodb, s3 }: { readonly dynamodb: DynamoDBDocumentClient; readonly s3: S3Client }): void {
    dynamodb.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          this.calls += 1;
          const input: Fields = { ...Object(args.input), ReturnConsumedCapacity: 'TOTAL' };
          try {
            const result = await next({ ...args, input: Object.assign(Object(args.input), input) });
            this.#count(commandName, input, Object(result.output));
            return result;
          } catch (error) {
            // a refused write costs what it would have written
            if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
              add(this.writes, String(input.TableName), unitsOf(input.Item));
            throw error;
          }
        },
      { step: 'serialize', name: 'meter', priority: 'high' },
    );
    s3.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          this.calls += 1;
          add(this.objects, commandName.replace(/Command$/, ''), 1);
          const { Body: body } = Object(args.input);
          if (body instanceof Uint8Array) this.bytes += body.length;
          return next(args);
        },
      { step: 'serialize', name: 'meter', priority: 'high' },
    );
  }

  #count(command: string, input: Fields, output: Fields): void {
    const consumed = [output.ConsumedCapacity ?? []].flat();
    for (const { TableName: table, CapacityUnits: units } of consumed.map(Object))
      add(/^(Put|Update|Delete)/.test(command) ? this.writes : this.reads, String(table), Number(units));
    if (command.startsWith('Put')) this.#countIndexes(String(input.TableName), Object(input.Item));
  }

  /** An index that holds keys only is written when a key of it changes: an entry that goes and one that comes. */
  #countIndexes(table: string, item: Fields): void {
    const keys = this.#keys.get(table);
    const indexes = Object.values(keys?.indexes ?? {});
    if (keys === undefined || indexes.length === 0) return;
    const id = JSON.stringify(item[keys.partition]);
    const before = this.#stored.get(id);
    this.#stored.set(id, item);
    for (const { partition, sort = '' } of indexes) {
      const [old, now] = [before, item].map((each) =>
        each?.[partition] === undefined ? undefined : JSON.stringify([each[partition], each[sort]]),
      );
      if (old === now) continue;
      add(this.indexWrites, table, (old === undefined ? 0 : 1) + (now === undefined ? 0 : 1));
    }
  }
}

/** Write units of an item. */
const unitsOf = (item: unknown) => Math.max(1, Math.ceil(itemSize(Object(item)) / 1024));

function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}
