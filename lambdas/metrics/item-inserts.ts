import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { ConfigurationError, ContractError } from '../common/errors.ts';
import { toAttributeValue } from './attribute-value.ts';

/** Maximum number of statements in one request. An item has at most 400 kB, so a request stays below its limit of 16 MB. */
export const MAX_INSERTS = 25;

/** Codes with which DynamoDB refuses a statement temporarily. */
const PASSING: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/** Codes with which it refuses an item whose key is in the table. */
const KNOWN: ReadonlySet<string> = new Set(['DuplicateItem', 'ConditionalCheckFailed']);

/** The result of an insert. Items in neither list are in the table now. */
export interface Inserted<Item> {
  /** The table has an item with the same key, which stays unchanged. */
  readonly known: readonly Item[];
  /** Refused temporarily. */
  readonly postponed: readonly Item[];
  /** One of these reasons, in DynamoDB's words. */
  readonly reason?: string;
}

/**
 * Inserts items in one request of PartiQL statements, each of which succeeds or fails alone. An item takes a sixth of the CPU time
 * of a `PutItem` this way, and never replaces another.
 * @param items with different keys, {@link MAX_INSERTS} at most
 * @throws ConfigurationError | ContractError if DynamoDB refuses a statement permanently; others may have succeeded
 * @throws what the SDK throws if the request as a whole fails
 */
export async function insertItems<Item extends { readonly call_key: string }>(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  items: readonly Item[],
): Promise<Inserted<Item>> {
  if (items.length === 0) return { known: [], postponed: [] };
  const { Responses: answers = [] } = await client.send(
    new BatchExecuteStatementCommand({ Statements: items.map((item) => insertStatement(table, item)) }),
  );
  const known: Item[] = [];
  const postponed: Item[] = [];
  let reason: string | undefined;
  for (const [i, item] of items.entries()) {
    const refusal = readRefusal(answers[i]);
    if (refusal === undefined) continue;
    if (KNOWN.has(refusal)) known.push(item);
    else if (PASSING.has(refusal)) {
      postponed.push(item);
      reason = refusal;
    } else throw refusedInsert(table, item.call_key, refusal);
  }
  return { known, postponed, ...(reason !== undefined && { reason }) };
}

/** The values are parameters, so only the names of attributes count towards DynamoDB's limit of 8,192 characters. */
export function insertStatement(table: string, item: object): { Statement: string; Parameters: AttributeValue[] } {
  const Parameters: AttributeValue[] = [];
  let names = '';
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined) continue;
    names += names === '' ? `'${name}':?` : `,'${name}':?`;
    Parameters.push(toAttributeValue(value));
  }
  return { Statement: `INSERT INTO "${table}" VALUE {${names}}`, Parameters };
}

/** Why a statement failed; undefined if it did not. A statement without an answer may have succeeded and is sent again. */
function readRefusal(answer: BatchStatementResponse | undefined): string | undefined {
  if (answer === undefined) return 'InternalServerError';
  return answer.Error && (answer.Error.Code ?? 'no reason given');
}

/** DynamoDB's own message is left out: it can quote values of the item. */
function refusedInsert(table: string, callKey: string, reason: string): Error {
  switch (reason) {
    case 'AccessDenied':
      return new ConfigurationError(
        `table ${table}: the function may not insert items; its role needs dynamodb:PartiQLInsert on the table`,
      );
    case 'ResourceNotFound':
      return new ConfigurationError(`table ${table} does not exist: see METRICS_TABLE of the function`);
    default:
      return new ContractError(
        `table ${table} refuses the item ${callKey} (${reason}): nothing of this batch counts; compare the call's record with docs/dynamodb.md`,
      );
  }
}
