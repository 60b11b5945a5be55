import type { WrapUp } from './call-state.ts';
import type { Party } from './call-story.ts';
import type { Clock } from './oddities.ts';
import { type ApiRecord, renderMenuPath, renderSeconds, renderTimestamp } from './render.ts';
import { roundToSeconds } from './time.ts';
import type { StoredTransfer } from './transfer-log.ts';
import type { StoredVisit, VisitLog } from './visit-log.ts';

/** Answered in less than this, a queue visit is in the service level. */
const SERVICE_LEVEL_SECONDS = 30;

/** What calls and chats store of an agent's time on them. */
interface StoredLeg {
  readonly party: Party;
  readonly joinedAt: number;
  readonly leftAt: number | null;
  /** Milliseconds on hold. Chats have no hold. */
  readonly heldMs?: number;
}

interface Conversation {
  readonly id: number;
  readonly clock: Clock;
  readonly stays: VisitLog;
  readonly transfers: readonly StoredTransfer[];
  readonly wrapUps: readonly WrapUp[];
}

/** `queue_durations[]`: one per visit of a queue. */
export function renderQueueDurations(id: number, clock: Clock, visits: readonly StoredVisit[]): readonly ApiRecord[] {
  return visits.map((visit, index) => {
    const length = renderSeconds(visit.startedAt, visit.endedAt);
    const level = length !== null && length < SERVICE_LEVEL_SECONDS ? 'in_sla' : 'not_in_sla';
    return {
      id: id * 10 + index,
      started_at: renderTimestamp(visit.startedAt, clock),
      ended_at: renderTimestamp(visit.endedAt, clock),
      queue_duration: length,
      menu_path: renderMenuPath(visit.menu).materialized_path,
      menu_path_id: visit.menu.id,
      lang: 'en',
      agent_id: visit.agent?.id ?? null,
      transfer: visit.transfer !== null,
      transfer_id: visit.transfer?.id ?? null,
      transfer_cold: visit.transfer?.cold ?? null,
      service_level_event: visit.agent ? level : null,
    };
  });
}

/**
 * `handle_durations[]`: one per time that an agent was in the conversation, with wrap-up as soon as it is over. A wrap-up that
 * an agent added later is a separate row without a duration.
 * @param field name of the duration, e.g. `call_duration`
 * @param beforeMs before-call work of the first leg in milliseconds
 */
export function renderHandleDurations(
  conversation: Conversation,
  legs: readonly StoredLeg[],
  field: 'call_duration' | 'chat_duration',
  beforeMs = 0,
): readonly ApiRecord[] {
  const { clock, stays, transfers, wrapUps } = conversation;
  const isCall = field === 'call_duration';
  const rows = legs.map(({ party, joinedAt, leftAt, heldMs = 0 }, index) => {
    const wrapUp = wrapUps.find((one) => one.party === party && one.recordId === null);
    const taken = stays.findTaken(party.agent, joinedAt);
    const since = taken?.endedAt ?? joinedAt;
    const isFirst = !legs.some(
      (leg) => leg.party.agent === party.agent && leg.joinedAt >= since && leg.joinedAt < joinedAt,
    );
    const menu = isFirst ? taken?.menu : undefined;
    return {
      id: party.id,
      agent_id: party.agent?.id ?? null,
      started_at: renderTimestamp(joinedAt, clock),
      ended_at: renderTimestamp(leftAt, clock),
      [field]: renderSeconds(joinedAt, leftAt),
      ...(isCall ? { hold_duration: roundToSeconds(heldMs) } : {}),
      acw_duration: roundToSeconds(wrapUp?.milliseconds ?? 0),
      ...(isCall ? { bcw_duration: index === 0 ? roundToSeconds(beforeMs) : 0 } : {}),
      transfer: transfers.some((one) => one.receiver === party.agent && one.receivedAt === joinedAt),
      menu_path: menu ? renderMenuPath(menu).materialized_path : null,
    };
  });
  const later = wrapUps.flatMap(({ party, endedAt, milliseconds, recordId }) =>
    recordId === null
      ? []
      : [
          {
            id: recordId,
            agent_id: party.agent?.id ?? null,
            started_at: renderTimestamp(endedAt - milliseconds, clock),
            ended_at: renderTimestamp(endedAt, clock),
            [field]: null,
            acw_duration: roundToSeconds(milliseconds),
            transfer: false,
            menu_path: null,
          },
        ],
  );
  return [...rows, ...later];
}

/** The part of a virtual agent. */
interface StoredVirtualAgentLeg {
  readonly party: Party;
  readonly joinedAt: number | null;
  readonly leftAt: number | null;
  readonly finish: string | null;
}

/** Keys that only conversations with a virtual agent have. */
export function renderVirtualAgents(
  legs: readonly StoredVirtualAgentLeg[],
  escalations: readonly Party[],
  clock: Clock,
): ApiRecord {
  const last = legs.at(-1)?.party.virtualAgent;
  return {
    virtual_agent: last ? { ...last, va_alias: last.name.toLowerCase() } : null,
    virtual_agent_handle_durations: legs.map(({ party, joinedAt, leftAt, finish }) => ({
      id: party.id,
      virtual_agent_id: party.virtualAgent?.id ?? null,
      started_at: renderTimestamp(joinedAt, clock),
      ended_at: renderTimestamp(leftAt, clock),
      duration: renderSeconds(joinedAt, leftAt),
      finish_reason: finish,
    })),
    escalations: escalations.map((party) => ({ id: party.id, reason: 'by_virtual_agent' })),
  };
}
