import { type Item, toValue, type Value } from './document.ts';

/** What an expression is evaluated with. */
export interface Scope {
  readonly item: Item;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A value, or undefined if the item has no such attribute. */
export type Operand = (scope: Scope) => Value | undefined;

export class ExpressionError extends Error {
  override readonly name = 'ValidationException';
}

/** The tokens of an expression; words are matched without regard to case where the grammar has keywords. */
export class Tokens {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/[#:]?\w+|<=|>=|<>|\S/g) ?? [];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Takes the next token if it is this one. */
  accept(token: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== token.toLowerCase()) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.accept(token)) throw new ExpressionError(`expected "${token}", got "${this.#tokens[this.#at]}"`);
  }

  next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new ExpressionError('the expression ends too early');
    return token;
  }
}

/** An attribute's name: `seq` or `#cursor`. */
export function attributeName(token: string): (scope: Scope) => string {
  if (!token.startsWith('#')) return () => token;
  return ({ names }) => {
    const name = names[token];
    if (name === undefined) throw new ExpressionError(`${token} is not in ExpressionAttributeNames`);
    return name;
  };
}

/** `:value`, an attribute, or `if_not_exists(attribute, operand)`. */
export function operand(tokens: Tokens): Operand {
  if (tokens.accept('if_not_exists')) {
    tokens.expect('(');
    const name = attributeName(tokens.next());
    tokens.expect(',');
    const otherwise = operand(tokens);
    tokens.expect(')');
    return (scope) => scope.item[name(scope)] ?? otherwise(scope);
  }
  const token = tokens.next();
  if (token.startsWith(':')) return ({ values }) => toValue(known(token, values[token]));
  const name = attributeName(token);
  return (scope) => scope.item[name(scope)];
}

function known(token: string, value: unknown): unknown {
  if (value === undefined) throw new ExpressionError(`${token} is not in ExpressionAttributeValues`);
  return value;
}
