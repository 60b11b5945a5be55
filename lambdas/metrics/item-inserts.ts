import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { ConfigurationError, ContractError } from '../common/errors.ts';
import { toAttributeValue } from './attribute-value.ts';

/** Statements of one request. An item has 400 kB at most, so a request stays below its limit of 16 MB. */
export const MAX_INSERTS = 25;

/** Why DynamoDB refuses a statement that it will take later. */
const PASSING: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/** Why it refuses an item whose key is in the table. */
const KNOWN: ReadonlySet<string> = new Set(['DuplicateItem', 'ConditionalCheckFailed']);

/** What became of items that were to be inserted; those in neither list are in the table now. */
export interface Inserted<Item> {
  /** The table has an item with the same key, which stays as it is. */
  readonly known: readonly Item[];
  /** Refused for a reason that passes. */
  readonly postponed: readonly Item[];
  /** One of these reasons, in DynamoDB's words. */
  readonly reason?: string;
}

/**
 * Inserts items in one request of PartiQL statements, each of which succeeds or fails alone. An item takes a sixth of the CPU time
 * of a `PutItem` this way, and never replaces another.
 * @param items with different keys, {@link MAX_INSERTS} at most
 * @throws ConfigurationError | ContractError if DynamoDB refuses a statement for a reason that stays; others may have succeeded
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

/** The values are parameters, so that the text is limited by the names of attributes alone: DynamoDB takes 8,192 characters. */
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

/** Why a statement failed; undefined if it did not. A statement without an answer may have succeeded: it is sent again. */
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
