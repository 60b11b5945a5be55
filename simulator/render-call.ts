import { CallState, type Row } from './call-state.ts';
import type { CallStory } from './call-story.ts';
import {
  type ApiRecord,
  list,
  renderChangedDetails,
  renderMenuPath,
  renderMenuStub,
  renderRating,
  renderSeconds,
  renderTimestamp,
  renderUserInfo,
} from './render.ts';
import { renderHandleDurations, renderQueueDurations, renderVirtualAgents } from './render-durations.ts';
import { renderTransfers } from './render-transfers.ts';
import { roundToSeconds } from './time.ts';
import { VIRTUAL_AGENTS } from './virtual-agents.ts';
import type { Visibility } from './visibility.ts';

/** The record of a call as the API shows it at a virtual time. */
export function renderCall(story: CallStory, at: number, visible: Visibility): ApiRecord {
  const state = new CallState(story, at);
  const { traits } = story;
  const { clock } = traits;
  const queueSeconds = state.stays.visits.reduce(
    (sum, visit) => sum + (renderSeconds(visit.startedAt, visit.endedAt) ?? 0),
    0,
  );
  const { menu } = state.late;
  return {
    id: story.id,
    ...(story.parentId === null && traits.dropsNullAgent ? {} : { parent_id: story.parentId }),
    lang: story.id % 17 === 0 ? 'fr-CA' : 'en',
    call_type: story.callType,
    ...(story.sessionType === null ? {} : { session_type_v2: story.sessionType }),
    status: state.status,
    sub_status: subStatus(state),
    created_at: renderTimestamp(state.createdAt, clock),
    queued_at: renderTimestamp(state.queuedAt, clock),
    assigned_at: visible.assigned ? renderTimestamp(state.assignedAt, clock) : null,
    ...(visible.connecting ? { connecting_at: renderTimestamp(state.connectingAt, clock) } : {}),
    connected_at: renderTimestamp(state.connectedAt, clock),
    ...endFields(story, state, visible),
    scheduled_at: renderTimestamp(state.scheduledAt, clock),
    updated_at: renderTimestamp(state.updatedAt, clock),
    wait_duration: queueSeconds,
    queue_duration: queueSeconds,
    ...durationFields(story, state),
    rating: renderRating(state.late.rating, traits.rating),
    has_feedback: state.late.hasFeedback,
    ...(traits.extraKeys ? { voip_provider: 'voip_provider_twilio' } : {}),
    ...state.late.ticketFields(),
    verified: story.id % 9 === 0,
    recording_url: state.recorded ? `https://recordings.example.com/calls/${story.id}.mp3` : null,
    recording_permission: state.connectedAt === null ? 'not_asked' : story.id % 5 === 0 ? 'denied' : 'granted',
    voicemail_reason: state.voicemailReason,
    deflection: state.deflection,
    disconnected_by: state.disconnectedBy,
    finish_reason: 'no_reason',
    fail_reason: state.failReason,
    fail_details: null,
    ...(traits.extraKeys ? { adapter_fail_code: null, adapter_fail_message: null } : {}),
    support_number: story.family === 'ivr' ? '+1 339-219-5200' : null,
    selected_menu: menu ? renderMenuStub(menu, traits.hiddenAsWord) : null,
    menu_path: menu ? renderMenuPath(menu) : null,
    ...agentInfo(story, state),
    ...virtualAgents(story, state),
    end_user:
      story.endUserId === null
        ? null
        : { id: story.endUserId, identifier: null, out_contact_id: String(380_000_000 + story.endUserId) },
    ...state.late.mediaFields(),
    ...list(
      'transfers',
      renderTransfers(state.handovers.transfers, {
        traits,
        at: state.updatedAt,
        isReceiverUnnamed: visible.receiverUnnamed,
      }),
      traits.transfersWhenNone,
    ),
    deflection_details: deflectionDetails(story, state),
    ...participants(story, state, visible),
    ...(visible.durationRows ? durationRows(story, state) : {}),
    ...renderChangedDetails(state.late.trail, clock),
    offer_type: state.offers.length > 0 ? 'cascade' : null,
    offer_events: state.offers.map((offer) => ({ casting_time: renderTimestamp(offer.at, clock), group: offer.group })),
    answer_type: story.id % 50 === 0 ? 'auto' : 'manual',
    outbound_number: '+1 339-219-5276',
  };
}

function subStatus(state: CallState): string | null {
  if (state.endedAt === null) return null;
  const by = state.disconnectedBy.replaceAll('_', ' ');
  return state.scheduledAt === null ? by.charAt(0).toUpperCase() + by.slice(1) : `Scheduled: D${by.slice(1)}`;
}

function endFields(story: CallStory, state: CallState, visible: Visibility): ApiRecord {
  const end = visible.end ? renderTimestamp(state.endedAt, story.traits.clock) : null;
  switch (story.traits.endField) {
    case 'ends_at':
      return { ends_at: end };
    case 'ended_at':
      return { ended_at: end };
    case 'both':
      return { ends_at: end, ended_at: end };
  }
}

/** Zero on open calls, whole seconds from connection to end afterwards. */
function durationFields(story: CallStory, state: CallState): ApiRecord {
  const over = state.endedAt !== null;
  const length = over && state.connectedAt !== null ? (renderSeconds(state.connectedAt, state.endedAt) ?? 0) : 0;
  const held = over ? roundToSeconds(state.heldMs) : 0;
  const { durationField, holdField } = story.traits;
  return {
    ...(durationField === 'none' ? { call_duration: null } : { [durationField]: length }),
    ...(holdField === 'missing' ? {} : { hold_duration: holdField === 'null' ? null : held }),
  };
}

/** The last agent who handled it; a call that a virtual agent handed over may lose it. */
function agentInfo(story: CallStory, state: CallState): ApiRecord {
  const lost = state.escalations.length > 0 && story.id % 2 === 0;
  if (state.lastAgent === null || lost) return story.traits.dropsNullAgent ? {} : { agent_info: null };
  return { agent_info: renderUserInfo(state.lastAgent, state.updatedAt, story.traits.agentNumber) };
}

function durationRows(story: CallStory, state: CallState): ApiRecord {
  const { clock } = story.traits;
  const { stays, handovers, wrapUps } = state;
  const legs = state.rows.filter(isHandled);
  const before = story.preview && state.assignedAt !== null ? state.assignedAt - state.createdAt : 0;
  const conversation = { id: story.id, clock, stays, transfers: handovers.transfers, wrapUps };
  return {
    queue_durations: renderQueueDurations(story.id, clock, stays.visits),
    handle_durations: renderHandleDurations(conversation, legs, 'call_duration', before),
  };
}

const isHandled = (row: Row): row is Row & { readonly joinedAt: number } =>
  row.party.agent !== null && row.joinedAt !== null;

function virtualAgents(story: CallStory, state: CallState): ApiRecord {
  const legs = state.rows.filter((row) => row.party.type === 'virtual_agent' && row.joinedAt !== null);
  if (legs.length === 0) return story.traits.extraKeys ? { virtual_agent: null } : {};
  const isInQueue = legs.some((row) => row.party.virtualAgent === VIRTUAL_AGENTS.waiting);
  return {
    ...renderVirtualAgents(legs, state.escalations, story.traits.clock),
    ...(isInQueue ? { in_queue_wait_time_va: true } : {}),
  };
}

function deflectionDetails(story: CallStory, state: CallState): readonly ApiRecord[] {
  if (state.deflection === 'no_deflection') return [];
  const [visit] = state.stays.visits;
  return [
    {
      id: story.id * 2 + 1,
      call_id: story.id,
      transfer_id: null,
      deflection: state.deflection,
      from_menu_path: visit ? renderMenuPath(visit.menu) : null,
    },
  ];
}

function participants(story: CallStory, state: CallState, visible: Visibility): ApiRecord {
  const { traits } = story;
  if (traits.participants !== 'shown') return list('participants', [], traits.participants);
  const rows = state.rows.map((row) => {
    const hasEnd = row.leftAt !== null && row.party.id !== visible.openRow;
    const left = hasEnd ? row.leftAt : null;
    const status = hasEnd
      ? row.joinedAt === null
        ? 'failed'
        : 'finished'
      : row.joinedAt === null
        ? 'waiting'
        : 'connected';
    return {
      id: row.party.id,
      type: row.party.type,
      status,
      call_id: story.id,
      user_id: (row.party.agent ?? row.party.supervisor)?.id ?? null,
      end_user_id: row.party.type === 'end_user' ? story.endUserId : null,
      call_duration: renderSeconds(row.joinedAt, left),
      hold_duration: left === null || row.joinedAt === null ? null : roundToSeconds(row.heldMs),
      connected_at: renderTimestamp(row.joinedAt, traits.clock),
      ended_at: renderTimestamp(left, traits.clock),
      fail_reason: row.failReason,
      ...(traits.extraKeys ? { phone_number: row.party.type === 'third_party' ? '+1 339-555-0142' : null } : {}),
    };
  });
  return { participants: rows };
}
