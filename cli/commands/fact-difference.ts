import type { SessionFacts } from '../../catalog/facts.ts';

/** A field of a fact that differs from what happened in the simulation. */
export interface FactDifference {
  readonly session_id: unknown;
  /** E.g. `queue_visits[0]`. */
  readonly fact: string;
  /** E.g. `seconds`; `length` if the number of facts differs. */
  readonly field: string;
  readonly expected: unknown;
  readonly computed: unknown;
}

/** Lists of facts in a session. */
const LISTS = ['queue_visits', 'agent_legs', 'transfers', 'virtual_agent_legs'] as const;

// tolerance for sums of seconds in floating point
const EPSILON = 1e-6;

/** Counts the fields of all facts of a session. */
export function countFields(facts: SessionFacts): number {
  return [facts.outcome, ...LISTS.flatMap((list) => [...facts[list]])].reduce(
    (sum, fact) => sum + Object.keys(fact).length,
    0,
  );
}

/**
 * Compares facts with what happened, field by field.
 * @param tolerance seconds by which numbers may differ. @default - floating point only
 */
export function compareFacts(
  session_id: unknown,
  expected: SessionFacts,
  computed: SessionFacts,
  tolerance = 0,
): readonly FactDifference[] {
  const compare = (fact: string, left: object, right: object) =>
    compareFields(left, right, tolerance).map((difference) => ({ session_id, fact, ...difference }));
  const lists = LISTS.flatMap((list) => {
    const [left, right] = [expected[list], computed[list]];
    if (left.length !== right.length)
      return [{ session_id, fact: list, field: 'length', expected: left.length, computed: right.length }];
    return left.flatMap((fact, index) => compare(`${list}[${index}]`, fact, right[index] ?? {}));
  });
  return [...compare('outcome', expected.outcome, computed.outcome), ...lists];
}

function compareFields(expected: object, computed: object, tolerance: number) {
  const found = new Map<string, unknown>(Object.entries(computed));
  return Object.entries(expected).flatMap(([field, value]: [string, unknown]) => {
    const other = found.get(field);
    return isEqual(value, other, tolerance) ? [] : [{ field, expected: value, computed: other }];
  });
}

function isEqual(expected: unknown, computed: unknown, tolerance: number): boolean {
  if (typeof expected !== 'number' || typeof computed !== 'number') return expected === computed;
  return Math.abs(expected - computed) <= tolerance + EPSILON;
}
