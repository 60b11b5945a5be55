import { UNKNOWN_OPERATION } from '../aws/item-inserts.ts';
import { ConfigurationError, ContractError } from '../common/errors.ts';

/** Codes with which DynamoDB refuses a statement temporarily. */
const PASSING: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/** Codes of items to put instead: their key is in the table, or inserts are not supported. */
const KNOWN: ReadonlySet<string> = new Set(['DuplicateItem', 'ConditionalCheckFailed', UNKNOWN_OPERATION]);

/** The result of an insert. Items in neither list are in the table now. */
export interface Inserted<Item> {
  /** The table may have an item with the same key, which stays unchanged. */
  readonly known: readonly Item[];
  /** Refused temporarily. */
  readonly postponed: readonly Item[];
  /** One of these reasons, in DynamoDB's words. */
  readonly reason?: string;
}

/**
 * Sorts refused items by what to do about them.
 * @param refused DynamoDB's code by item
 * @throws ConfigurationError | ContractError if DynamoDB refuses an item permanently
 */
export function sortRefused<Item extends { readonly call_key: string }>(
  table: string,
  refused: ReadonlyMap<Item, string>,
): Inserted<Item> {
  const known: Item[] = [];
  const postponed: Item[] = [];
  let reason: string | undefined;
  for (const [item, code] of refused) {
    if (KNOWN.has(code)) known.push(item);
    else if (PASSING.has(code)) {
      postponed.push(item);
      reason = code;
    } else throw refusedInsert(table, item.call_key, code);
  }
  return { known, postponed, ...(reason !== undefined && { reason }) };
}

/** DynamoDB's own message is left out: it can quote values of the item. */
function refusedInsert(table: string, callKey: string, code: string): Error {
  switch (code) {
    case 'AccessDenied':
      return new ConfigurationError(
        `table ${table}: the function may not insert items; its role needs dynamodb:PartiQLInsert on the table`,
      );
    case 'ResourceNotFound':
      return new ConfigurationError(`table ${table} does not exist: see METRICS_TABLE of the function`);
    default:
      return new ContractError(
        `table ${table} refuses the item ${callKey} (${code}): nothing of this batch counts; compare the call's record with docs/dynamodb.md`,
      );
  }
}
