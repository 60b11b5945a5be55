import type { CallState } from './call-state.ts';
import type { CallStory } from './call-story.ts';
import { type ApiRecord, menuPath, seconds, timestamp } from './render.ts';
import { wholeSeconds } from './time.ts';

/** Answered within this long, a queue visit is in the service level. */
const SERVICE_LEVEL_SECONDS = 30;

/** `queue_durations[]`: one per visit of a queue. */
export function queueDurations(story: CallStory, state: CallState): readonly ApiRecord[] {
  const { clock } = story.traits;
  return state.visits.map((visit, index) => {
    const length = seconds(visit.startedAt, visit.endedAt);
    const level = length !== null && length <= SERVICE_LEVEL_SECONDS ? 'in_sla' : 'not_in_sla';
    return {
      id: story.id * 10 + index,
      started_at: timestamp(visit.startedAt, clock),
      ended_at: timestamp(visit.endedAt, clock),
      queue_duration: length,
      menu_path: menuPath(visit.menu).materialized_path,
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

/** `handle_durations[]`: one per time that an agent was on the call, with wrap-up once it is over. */
export function handleDurations(story: CallStory, state: CallState): readonly ApiRecord[] {
  const { clock } = story.traits;
  const legs = state.rows.filter((row) => row.party.agent !== null && row.joinedAt !== null);
  return legs.map((leg, index) => {
    const { agent } = leg.party;
    const wrapUp = agent ? state.wrapUps.get(agent) : undefined;
    const last = legs.findLast((one) => one.party.agent === agent) === leg;
    return {
      id: story.id * 10 + index,
      agent_id: agent?.id ?? null,
      started_at: timestamp(leg.joinedAt, clock),
      ended_at: timestamp(leg.leftAt, clock),
      call_duration: seconds(leg.joinedAt, leg.leftAt),
      hold_duration: wholeSeconds(leg.heldMs),
      acw_duration: wrapUp === undefined || !last ? 0 : wholeSeconds(wrapUp),
      bcw_duration: story.preview && index === 0 ? (seconds(state.createdAt, state.assignedAt) ?? 0) : 0,
      transfer: state.transfers.some((one) => one.receiver === agent),
      menu_path: state.late.menu ? menuPath(state.late.menu).materialized_path : null,
    };
  });
}

/** Keys that only calls with a virtual agent have. */
export function virtualAgentFields(story: CallStory, state: CallState): ApiRecord {
  const row = state.rows.find((one) => one.party.type === 'virtual_agent');
  if (row === undefined) return story.traits.extraKeys ? { virtual_agent: null } : {};
  const { clock } = story.traits;
  return {
    virtual_agent: { id: 1, name: 'Juno', va_alias: 'juno' },
    virtual_agent_handle_durations: [
      {
        id: row.party.id,
        started_at: timestamp(row.joinedAt, clock),
        ended_at: timestamp(row.leftAt, clock),
        duration: seconds(row.joinedAt, row.leftAt),
        finish_reason: row.leftAt === null ? null : state.escalated ? 'escalated' : 'resolved',
      },
    ],
    escalations: state.escalated ? [{ id: row.party.id, reason: 'by_virtual_agent' }] : [],
  };
}
