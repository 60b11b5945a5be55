import type { ActivityRow } from './activity.ts';
import { toText } from './truth-session.ts';

/** A time that an agent was in one status. An agent is in exactly one status at any time. */
export interface StatusInterval {
  /** Id of the row of the activity log. */
  readonly activity_id: number;
  readonly agent_id: number;
  readonly status_id: number;
  readonly started_at: string | null;
  /** When the agent really left the status; null if not until then. */
  readonly ended_at: string | null;
  /** Milliseconds are kept; null while it lasts. */
  readonly seconds: number | null;
  readonly call_id: number | null;
  readonly chat_id: number | null;
}

/** A point in time in the activity log: an offer, a login, a missed call. */
export interface AgentEvent {
  readonly activity_id: number;
  readonly agent_id: number;
  readonly activity: string;
  readonly at: string | null;
  readonly call_id: number | null;
  readonly chat_id: number | null;
}

/** The statuses of all agents at a virtual time, in order of their start. */
export function expectStatusIntervals(rows: readonly ActivityRow[], at: number): readonly StatusInterval[] {
  return rows.flatMap(({ id, agent, status, startedAt, endedAt, about }) => {
    if (status === null || startedAt > at) return [];
    const ended = endedAt <= at ? endedAt : null;
    return [
      {
        activity_id: id,
        agent_id: agent.id,
        status_id: status.id,
        started_at: toText(startedAt),
        ended_at: toText(ended),
        seconds: ended === null ? null : (ended - startedAt) / 1000,
        call_id: about.callId ?? null,
        chat_id: about.chatId ?? null,
      },
    ];
  });
}

/** The notifications of all agents at a virtual time. */
export function expectAgentEvents(rows: readonly ActivityRow[], at: number): readonly AgentEvent[] {
  return rows.flatMap(({ id, agent, activity, status, startedAt, about }) => {
    if (status !== null || startedAt > at) return [];
    return [
      {
        activity_id: id,
        agent_id: agent.id,
        activity,
        at: toText(startedAt),
        call_id: about.callId ?? null,
        chat_id: about.chatId ?? null,
      },
    ];
  });
}
