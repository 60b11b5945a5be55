import { compare, isEqual, type Value } from './document.ts';
import { attributeName, ExpressionError, type Operand, operand, type Scope, Tokens } from './expression.ts';

export type Condition = (scope: Scope) => boolean;

const compiled = new Map<string, Condition>();

/** Reads a condition, key condition or filter: OR binds weaker than AND, AND weaker than NOT. */
export function condition(text: string): Condition {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const tokens = new Tokens(text);
  const result = disjunction(tokens);
  if (!tokens.isAtEnd) throw new ExpressionError(`"${tokens.next()}" is not understood here`);
  compiled.set(text, result);
  return result;
}

function disjunction(tokens: Tokens): Condition {
  const parts = [conjunction(tokens)];
  while (tokens.accept('OR')) parts.push(conjunction(tokens));
  return (scope) => parts.some((part) => part(scope));
}

function conjunction(tokens: Tokens): Condition {
  const parts = [negation(tokens)];
  while (tokens.accept('AND')) parts.push(negation(tokens));
  return (scope) => parts.every((part) => part(scope));
}

function negation(tokens: Tokens): Condition {
  if (!tokens.accept('NOT')) return primary(tokens);
  const part = negation(tokens);
  return (scope) => !part(scope);
}

function primary(tokens: Tokens): Condition {
  if (tokens.accept('(')) {
    const inner = disjunction(tokens);
    tokens.expect(')');
    return inner;
  }
  for (const [word, wanted] of [
    ['attribute_exists', true],
    ['attribute_not_exists', false],
  ] as const) {
    if (!tokens.accept(word)) continue;
    tokens.expect('(');
    const name = attributeName(tokens.next());
    tokens.expect(')');
    return (scope) => (scope.item[name(scope)] !== undefined) === wanted;
  }
  return comparison(tokens);
}

function comparison(tokens: Tokens): Condition {
  const left = operand(tokens);
  if (tokens.accept('BETWEEN')) {
    const low = operand(tokens);
    tokens.expect('AND');
    const high = operand(tokens);
    return (scope) => ordered('>=', left, low, scope) && ordered('<=', left, high, scope);
  }
  const operator = tokens.next();
  const right = operand(tokens);
  return (scope) => ordered(operator, left, right, scope);
}

// a missing attribute is neither equal to nor ordered with anything, but it is different from everything
function ordered(operator: string, left: Operand, right: Operand, scope: Scope): boolean {
  const [a, b] = [left(scope), right(scope)];
  const equal = a !== undefined && b !== undefined && isEqual(a, b);
  switch (operator) {
    case '=':
      return equal;
    case '<>':
      return !equal;
    case '<':
      return holds(a, b, (order) => order < 0);
    case '<=':
      return holds(a, b, (order) => order <= 0);
    case '>':
      return holds(a, b, (order) => order > 0);
    case '>=':
      return holds(a, b, (order) => order >= 0);
    default:
      throw new ExpressionError(`operator "${operator}" is not understood`);
  }
}

function holds(a: Value | undefined, b: Value | undefined, test: (order: number) => boolean): boolean {
  const order = a === undefined || b === undefined ? undefined : compare(a, b);
  return order !== undefined && test(order);
}
