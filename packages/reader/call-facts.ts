import * as z from 'zod/mini';
import { SESSION_OUTCOMES, VISIT_EXITS, type VisitExit } from '../../catalog/facts.ts';

const numberOrNull = z._default(z.nullable(z.number()), null);

/** Attributes of an item that have the facts of a call. Items of older releases have none of them. */
export const itemFactsSchema = z.object({
  outcome: z._default(z.nullable(z.enum(SESSION_OUTCOMES)), null),
  queue_visits: z._default(z.array(z.array(z.nullable(z.union([z.number(), z.string()])))), []),
  agent_legs: z._default(z.array(z.array(z.nullable(z.number()))), []),
});

const exitSchema = z._default(z.enum(VISIT_EXITS), 'answered');

/** One entry into a queue. */
export interface CallVisit {
  readonly queue_id: number | null;
  /** Agent who took the call out of the queue. */
  readonly agent_id: number | null;
  /** From entry to exit, answered or not; null while it waits. */
  readonly seconds: number | null;
  readonly exit: VisitExit;
}

/** One handled interaction: an agent was connected. Seconds; null is unknown. */
export interface CallLeg {
  readonly agent_id: number | null;
  readonly queue_id: number | null;
  /** Connected, hold included. */
  readonly seconds: number | null;
  readonly hold_seconds: number | null;
  readonly wrap_up_seconds: number | null;
}

/** The facts of a call, in order. */
export interface CallFacts {
  /** What became of the call; null in items of releases without facts. */
  readonly outcome: (typeof SESSION_OUTCOMES)[number] | null;
  readonly queue_visits: readonly CallVisit[];
  readonly agent_legs: readonly CallLeg[];
  readonly first_queue_id: number | null;
  readonly last_queue_id: number | null;
  readonly first_agent_id: number | null;
  readonly last_agent_id: number | null;
}

/** Gives the values of an item's lists their names. Throws a ZodError if they are not those of facts. */
export function nameFacts({ outcome, queue_visits, agent_legs }: z.infer<typeof itemFactsSchema>): CallFacts {
  const visits = queue_visits.map(nameVisit);
  const legs = agent_legs.map(nameLeg);
  return {
    outcome,
    queue_visits: visits,
    agent_legs: legs,
    first_queue_id: visits[0]?.queue_id ?? null,
    last_queue_id: visits.at(-1)?.queue_id ?? null,
    first_agent_id: legs[0]?.agent_id ?? null,
    last_agent_id: legs.at(-1)?.agent_id ?? null,
  };
}

function nameVisit([queue, agent, seconds, exit]: readonly (number | string | null)[]): CallVisit {
  return {
    queue_id: z.parse(numberOrNull, queue),
    agent_id: z.parse(numberOrNull, agent),
    seconds: z.parse(numberOrNull, seconds),
    exit: z.parse(exitSchema, exit),
  };
}

const nameLeg = ([
  agent_id = null,
  queue_id = null,
  seconds = null,
  hold_seconds = null,
  wrap_up_seconds = null,
]: readonly (number | null)[]): CallLeg => ({ agent_id, queue_id, seconds, hold_seconds, wrap_up_seconds });
