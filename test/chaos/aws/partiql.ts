import type { BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, toItem } from './document.ts';

export type Statement = BatchStatementRequest;

/** An item that a statement inserts. */
export interface Insert {
  readonly table: string;
  readonly item: Item;
}

const INSERT = /^INSERT INTO "([\w.-]+)" VALUE \{('[^']+':\?(?:,'[^']+':\?)*)\}$/;

const known = new Map<string, { readonly table: string; readonly names: readonly string[] }>();

/** Reads `INSERT INTO "table" VALUE {'name':?,...}` with its parameters. @returns undefined for anything else */
export function readInsert({ Statement: text = '', Parameters: parameters = [] }: Statement): Insert | undefined {
  const parsed = known.get(text) ?? parse(text);
  const values = Object.values(unmarshall(Object.fromEntries(parameters.entries())));
  if (parsed === undefined || parsed.names.length !== values.length) return undefined;
  known.set(text, parsed);
  return { table: parsed.table, item: toItem(Object.fromEntries(parsed.names.map((name, i) => [name, values[i]]))) };
}

function parse(text: string) {
  const [, table, list] = INSERT.exec(text) ?? [];
  if (table === undefined || list === undefined) return undefined;
  return { table, names: list.split(',').map((each) => each.slice(1, -"':?".length)) };
}
