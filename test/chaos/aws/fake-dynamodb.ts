import {
  BatchExecuteStatementCommand,
  type BatchStatementErrorCodeEnum,
  ConditionalCheckFailedException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { TableKeys } from '../../../packages/reader/table-keys.ts';
import { condition } from './condition.ts';
import { type Item, isEqual, sizeOf, toItem } from './document.ts';
import { ExpressionError, type Scope } from './expression.ts';
import { type Insert, readInsert, type Statement } from './partiql.ts';
import { update } from './update.ts';

const ITEM_LIMIT = 400 * 1024;
const PAGE_LIMIT = 1024 * 1024;
const KEYS_LIMIT = 100;
const STATEMENTS_LIMIT = 25;
const STATEMENT_LIMIT = 8_192;

/** A write that changed something. */
export interface Write {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item;
}

/** What goes wrong with a statement of a batch, and whether it was carried out all the same. */
export interface StatementFault {
  readonly code: BatchStatementErrorCodeEnum;
  readonly isDone: boolean;
}

interface Expressions {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

/** The part of DynamoDB that the stores use, in memory and synchronous. */
export class FakeDynamoDb {
  readonly #keys: Readonly<Record<string, TableKeys>>;
  readonly #tables = new Map<string, Map<string, Item>>();

  constructor(keys: Readonly<Record<string, TableKeys>>) {
    this.#keys = keys;
    for (const name of Object.keys(keys)) this.#tables.set(name, new Map());
  }

  /** Items of a table, in the order of their keys. */
  items(table: string): Item[] {
    return [...this.#table(table)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  item(table: string, key: Record<string, unknown>): Item | undefined {
    return this.#table(table).get(this.#keyOf(table, key));
  }

  /**
   * Does what the command says.
   * @param written called with every change
   * @param faultOf asked for every statement of a batch
   * @throws ConditionalCheckFailedException | ValidationException as DynamoDB would
   */
  execute(
    command: unknown,
    written: (write: Write) => void = () => undefined,
    faultOf: () => StatementFault | undefined = () => undefined,
  ): Record<string, unknown> {
    if (command instanceof PutCommand) {
      const { TableName: table, Item: item, ConditionExpression, ReturnValues, ...rest } = command.input;
      return this.#write(table, item ?? {}, ConditionExpression, rest, () => toItem(item ?? {}), ReturnValues, written);
    }
    if (command instanceof BatchExecuteStatementCommand)
      return { Responses: this.#batch(command.input.Statements ?? [], written, faultOf) };
    if (command instanceof UpdateCommand) {
      const {
        TableName: table,
        Key: key = {},
        ConditionExpression,
        UpdateExpression,
        ReturnValues,
        ...rest
      } = command.input;
      const change = update(UpdateExpression ?? '');
      return this.#write(table, key, ConditionExpression, rest, change, ReturnValues, written);
    }
    if (command instanceof DeleteCommand) {
      const { TableName: table = '', Key: key = {}, ConditionExpression: check } = command.input;
      if (check !== undefined) throw new Error('the fake DynamoDB deletes without conditions only');
      this.#table(table).delete(this.#keyOf(table, key));
      return {};
    }
    if (command instanceof GetCommand) {
      const item = this.item(command.input.TableName ?? '', command.input.Key ?? {});
      return item === undefined ? {} : { Item: toItem(item) };
    }
    if (command instanceof BatchGetCommand) {
      const requested = Object.entries(command.input.RequestItems ?? {});
      const found = requested.map(([table, { Keys: keys = [] }]) => [table, this.#getMany(table, keys)]);
      return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
    }
    if (command instanceof QueryCommand) {
      const { KeyConditionExpression, FilterExpression } = command.input;
      if (KeyConditionExpression === undefined) throw new ExpressionError('a query needs a key condition');
      return this.#read(command.input, KeyConditionExpression, FilterExpression);
    }
    if (command instanceof ScanCommand) return this.#read(command.input, undefined, command.input.FilterExpression);
    throw new Error(`the fake DynamoDB does not know ${Object.getPrototypeOf(command).constructor.name}`);
  }

  #getMany(table: string, keys: readonly Record<string, unknown>[]): Item[] {
    const different = new Set(keys.map((key) => this.#keyOf(table, key)));
    if (keys.length < 1 || keys.length > KEYS_LIMIT || different.size < keys.length)
      throw new ExpressionError(`a batch has 1 to ${KEYS_LIMIT} different keys`);
    return keys.flatMap((key) => {
      const item = this.item(table, key);
      return item === undefined ? [] : [toItem(item)];
    });
  }

  #write(
    table = '',
    key: Record<string, unknown>,
    check: string | undefined,
    expressions: Expressions,
    change: (scope: Scope) => Item,
    returned: string | undefined,
    written: (write: Write) => void,
  ): Record<string, unknown> {
    const items = this.#table(table);
    const id = this.#keyOf(table, key);
    const before = items.get(id);
    const scope = scopeOf(expressions, before ?? {});
    if (check !== undefined && !condition(check)(scope)) throw conditionFailed();
    // an update of an item that is not there starts from its key
    const after = change(before === undefined ? scopeOf(expressions, toItem(this.#keyAttributes(table, key))) : scope);
    if (sizeOf(after) > ITEM_LIMIT) throw new ExpressionError('Item size has exceeded the maximum allowed size');
    items.set(id, after);
    if (before === undefined || !isEqual(before, after)) written({ table, before, after });
    if (returned === 'ALL_OLD') return before === undefined ? {} : { Attributes: toItem(before) };
    return returned === 'ALL_NEW' ? { Attributes: toItem(after) } : {};
  }

  /** Inserts, each with its own answer; a request that is not well-formed is refused as a whole. */
  #batch(
    statements: readonly Statement[],
    written: (write: Write) => void,
    faultOf: () => StatementFault | undefined,
  ): Record<string, unknown>[] {
    if (statements.length < 1 || statements.length > STATEMENTS_LIMIT)
      throw new ExpressionError(`a batch has 1 to ${STATEMENTS_LIMIT} statements, not ${statements.length}`);
    if (statements.some(({ Statement: text = '' }) => text.length < 1 || text.length > STATEMENT_LIMIT))
      throw new ExpressionError(`Member must have length less than or equal to ${STATEMENT_LIMIT}`);
    const inserts = statements.map(readInsert);
    const keys = inserts.flatMap((insert) => (insert === undefined ? [] : [JSON.stringify(this.#keyIn(insert))]));
    if (new Set(keys).size < keys.length) throw new ExpressionError('Provided list of item keys contains duplicates');
    return inserts.map((insert) => {
      const fault = faultOf();
      const code = fault?.isDone === false ? fault.code : (this.#insert(insert, written) ?? fault?.code);
      return {
        TableName: insert?.table,
        ...(code !== undefined && { Error: { Code: code, Message: `${code} (of the fake)` } }),
      };
    });
  }

  /** @returns why not */
  #insert(insert: Insert | undefined, written: (write: Write) => void): BatchStatementErrorCodeEnum | undefined {
    if (insert === undefined) return 'ValidationError';
    const { table, item } = insert;
    if (!this.#tables.has(table)) return 'ResourceNotFound';
    try {
      if (this.item(table, item) !== undefined) return 'DuplicateItem';
      this.#write(table, item, undefined, {}, () => item, undefined, written);
      return undefined;
    } catch (error) {
      if (error instanceof ExpressionError) return 'ValidationError';
      throw error;
    }
  }

  #keyIn({ table, item }: Insert): unknown[] {
    return [table, ...Object.values(this.#keyAttributes(table, item))];
  }

  #read(
    input: Expressions & {
      TableName?: string | undefined;
      ExclusiveStartKey?: Record<string, unknown> | undefined;
      Limit?: number | undefined;
      ScanIndexForward?: boolean | undefined;
    },
    keyCondition: string | undefined,
    filter: string | undefined,
  ): Record<string, unknown> {
    const { TableName: table = '', ExclusiveStartKey: start, Limit: most = Number.POSITIVE_INFINITY } = input;
    const isForward = input.ScanIndexForward ?? true;
    const after = start === undefined ? '' : this.#keyOf(table, start);
    const Items: Item[] = [];
    let size = 0;
    let evaluated = 0;
    for (const item of isForward ? this.items(table) : this.items(table).reverse()) {
      const key = this.#keyOf(table, item);
      if (after !== '' && (isForward ? key <= after : key >= after)) continue;
      const scope = scopeOf(input, item);
      if (keyCondition !== undefined && !condition(keyCondition)(scope)) continue;
      size += sizeOf(item);
      evaluated += 1;
      if (filter === undefined || condition(filter)(scope)) Items.push(toItem(item));
      if (size > PAGE_LIMIT || evaluated >= most)
        return { Items, Count: Items.length, LastEvaluatedKey: this.#keyAttributes(table, item) };
    }
    return { Items, Count: Items.length };
  }

  #table(name: string): Map<string, Item> {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`there is no table ${name}`);
    return table;
  }

  #keyAttributes(table: string, from: Record<string, unknown>): Record<string, unknown> {
    const { partition, sort } = this.#keys[table] ?? { partition: '' };
    return { [partition]: from[partition], ...(sort !== undefined && { [sort]: from[sort] }) };
  }

  // keys sort like (partition, sort): nothing in them sorts below the separator
  #keyOf(table: string, from: Record<string, unknown>): string {
    const values = Object.values(this.#keyAttributes(table, from));
    if (values.some((value) => typeof value !== 'string' || value === ''))
      throw new ExpressionError('One of the required keys was not given a value');
    return values.join('\u0000');
  }
}

const scopeOf = ({ ExpressionAttributeNames, ExpressionAttributeValues }: Expressions, item: Item): Scope => ({
  item,
  names: ExpressionAttributeNames ?? {},
  values: ExpressionAttributeValues ?? {},
});

const conditionFailed = () =>
  new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
