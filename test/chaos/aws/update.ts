import type { Item, Value } from './document.ts';
import { attributeName, ExpressionError, operand, type Scope, Tokens } from './expression.ts';

/** The item after the update; what the expression reads is always the item before it. */
export type Update = (scope: Scope) => Item;

type Action = (scope: Scope, item: Item) => void;

const compiled = new Map<string, Update>();

const ACTIONS: Readonly<Record<string, (tokens: Tokens) => Action>> = {
  SET: assignment,
  ADD: addition,
  REMOVE: removal,
};

/** Reads an update expression of `SET`, `ADD` (numbers) and `REMOVE`. */
export function update(text: string): Update {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const tokens = new Tokens(text);
  const actions: Action[] = [];
  while (!tokens.isAtEnd) {
    const [, read] = Object.entries(ACTIONS).find(([word]) => tokens.accept(word)) ?? [];
    if (read === undefined) throw new ExpressionError(`"${tokens.next()}" is not understood in an update`);
    do actions.push(read(tokens));
    while (tokens.accept(','));
  }
  const result: Update = (scope) => {
    const item = { ...scope.item };
    for (const action of actions) action(scope, item);
    return item;
  };
  compiled.set(text, result);
  return result;
}

function assignment(tokens: Tokens): Action {
  const name = attributeName(tokens.next());
  tokens.expect('=');
  const first = operand(tokens);
  const sign = tokens.accept('+') ? 1 : tokens.accept('-') ? -1 : 0;
  const second = sign === 0 ? undefined : operand(tokens);
  return (scope, item) => {
    const value = first(scope);
    if (value === undefined) throw missing();
    item[name(scope)] = second === undefined ? value : number(value) + sign * number(second(scope));
  };
}

function addition(tokens: Tokens): Action {
  const name = attributeName(tokens.next());
  const amount = operand(tokens);
  return (scope, item) => {
    const target = name(scope);
    item[target] = number(scope.item[target] ?? 0) + number(amount(scope));
  };
}

function removal(tokens: Tokens): Action {
  const name = attributeName(tokens.next());
  return (scope, item) => {
    delete item[name(scope)];
  };
}

function number(value: Value | undefined): number {
  if (value === undefined) throw missing();
  if (typeof value !== 'number')
    throw new ExpressionError('An operand in the update expression has an incorrect data type');
  return value;
}

const missing = () =>
  new ExpressionError('The provided expression refers to an attribute that does not exist in the item');
