import type { CallState } from './call-state.ts';
import type { CallStory } from './call-story.ts';
import { type ApiRecord, renderMenuPath, renderSeconds, renderTimestamp } from './render.ts';
import { roundToSeconds } from './time.ts';

/** Answered within this long, a queue visit is in the service level. */
const SERVICE_LEVEL_SECONDS = 30;

/** `queue_durations[]`: one per visit of a queue. */
export function renderQueueDurations(story: CallStory, state: CallState): readonly ApiRecord[] {
  const { clock } = story.traits;
  return state.visits.map((visit, index) => {
    const length = renderSeconds(visit.startedAt, visit.endedAt);
    const level = length !== null && length <= SERVICE_LEVEL_SECONDS ? 'in_sla' : 'not_in_sla';
    return {
      id: story.id * 10 + index,
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

/** `handle_durations[]`: one per time that an agent was on the call, with wrap-up once it is over. */
export function renderHandleDurations(story: CallStory, state: CallState): readonly ApiRecord[] {
  const { clock } = story.traits;
  const legs = state.rows.filter((row) => row.party.agent !== null && row.joinedAt !== null);
  return legs.map((leg, index) => {
    const { agent } = leg.party;
    const wrapUp = agent ? state.wrapUps.get(agent) : undefined;
    const last = legs.findLast((one) => one.party.agent === agent) === leg;
    return {
      id: story.id * 10 + index,
      agent_id: agent?.id ?? null,
      started_at: renderTimestamp(leg.joinedAt, clock),
      ended_at: renderTimestamp(leg.leftAt, clock),
      call_duration: renderSeconds(leg.joinedAt, leg.leftAt),
      hold_duration: roundToSeconds(leg.heldMs),
      acw_duration: wrapUp === undefined || !last ? 0 : roundToSeconds(wrapUp),
      bcw_duration: story.preview && index === 0 ? (renderSeconds(state.createdAt, state.assignedAt) ?? 0) : 0,
      transfer: state.transfers.some((one) => one.receiver === agent),
      menu_path: state.late.menu ? renderMenuPath(state.late.menu).materialized_path : null,
    };
  });
}

/** Keys that only calls with a virtual agent have. */
export function renderVirtualAgent(story: CallStory, state: CallState): ApiRecord {
  const row = state.rows.find((one) => one.party.type === 'virtual_agent');
  if (row === undefined) return story.traits.extraKeys ? { virtual_agent: null } : {};
  const { clock } = story.traits;
  return {
    virtual_agent: { id: 1, name: 'Juno', va_alias: 'juno' },
    virtual_agent_handle_durations: [
      {
        id: row.party.id,
        started_at: renderTimestamp(row.joinedAt, clock),
        ended_at: renderTimestamp(row.leftAt, clock),
        duration: renderSeconds(row.joinedAt, row.leftAt),
        finish_reason: row.leftAt === null ? null : state.escalated ? 'escalated' : 'resolved',
      },
    ],
    escalations: state.escalated ? [{ id: row.party.id, reason: 'by_virtual_agent' }] : [],
  };
}
