import type { AgentLeg, QueueVisit, SessionFacts } from '../../catalog/facts.ts';

/** Maximum number of queue visits and of agent legs in an item, each at most 60 bytes. The lake has all of them. */
export const MAX_ITEM_FACTS = 500;

/** Queue, agent, seconds, exit; a shorter list lacks nulls at its end. A visit without an exit was answered. */
type ItemVisit = readonly (number | string | null)[];

/** Agent, queue, seconds, seconds on hold, seconds of wrap-up; a shorter list lacks nulls at its end. */
type ItemLeg = readonly (number | null)[];

/** The facts of a call in its item. */
export interface ItemFacts {
  readonly queue_visits?: readonly ItemVisit[];
  readonly agent_legs?: readonly ItemLeg[];
}

/**
 * Selects the facts of a call that its item has, so that a reader needs no join: queue visits and agent legs in order. They are lists of
 * values without names, because names would take a second write unit for most calls. Lists without elements are absent.
 */
export function selectItemFacts({ queue_visits, agent_legs }: SessionFacts): ItemFacts {
  return {
    ...(queue_visits.length > 0 && { queue_visits: queue_visits.slice(0, MAX_ITEM_FACTS).map(selectVisit) }),
    ...(agent_legs.length > 0 && { agent_legs: agent_legs.slice(0, MAX_ITEM_FACTS).map(selectLeg) }),
  };
}

const selectVisit = ({ queue_id, agent_id, seconds, exit }: QueueVisit): ItemVisit =>
  exit === 'answered' ? trimEnd([queue_id, agent_id, seconds]) : [queue_id, agent_id, seconds, exit];

const selectLeg = ({ agent_id, queue_id, seconds, hold_seconds, wrap_up_seconds }: AgentLeg): ItemLeg =>
  trimEnd([agent_id, queue_id, seconds, hold_seconds, wrap_up_seconds]);

const trimEnd = <T>(values: readonly T[]): readonly T[] =>
  values.slice(0, values.findLastIndex((value) => value !== null) + 1);
