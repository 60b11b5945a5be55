import { ChatState } from './chat-state.ts';
import type { ChatStory } from './chat-story.ts';
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
import { renderHandleDurations, renderQueueDurations } from './render-durations.ts';
import { renderTransfers } from './render-transfers.ts';
import { roundToSeconds } from './time.ts';

/** The record of a chat as the API shows it at a virtual time. */
export function renderChat(story: ChatStory, at: number): ApiRecord {
  const state = new ChatState(story, at);
  const { traits } = story;
  const { clock } = traits;
  const { menu } = state.late;
  const waited = renderSeconds(state.queuedAt, state.assignedAt ?? state.endedAt) ?? 0;
  const open = state.endedAt === null;
  return {
    id: story.id,
    lang: story.id % 13 === 0 ? 'fr-CA' : 'en',
    chat_type: story.chatType,
    ...(story.sessionType === null ? {} : { session_type_v2: story.sessionType }),
    status: state.status,
    sub_status: open ? null : state.disconnectedBy.replaceAll('_', ' '),
    created_at: renderTimestamp(state.createdAt, clock),
    ...(story.chatType === 'Messaging (SMS)' ? { queued_at: renderTimestamp(state.queuedAt, clock) } : {}),
    assigned_at: renderTimestamp(state.assignedAt, clock),
    ends_at: renderTimestamp(state.endedAt, clock),
    updated_at: renderTimestamp(state.updatedAt, clock),
    first_msg_sent_at: renderTimestamp(state.firstMessageAt, clock),
    last_msg_sent_at: renderTimestamp(state.lastMessageAt, clock),
    wait_duration: waited,
    queue_duration: waited,
    chat_duration: open ? 0 : (renderSeconds(state.assignedAt, state.endedAt) ?? 0),
    verified: false,
    rating: renderRating(state.late.rating, traits.rating),
    has_feedback: state.late.hasFeedback,
    ...state.late.ticketFields(),
    finish_reason: 'finish_reason_none',
    fail_reason: state.failReason === 'nothing' && traits.failReason === 'null' ? null : state.failReason,
    ...(traits.extraKeys ? { disconnected_by: state.disconnectedBy } : {}),
    message_count: state.messages,
    average_response_time: averageSeconds(state.responses),
    longest_response_time: roundToSeconds(Math.max(0, ...state.responses)),
    selected_menu: menu ? renderMenuStub(menu, traits.hiddenAsWord) : null,
    menu_path: menu ? renderMenuPath(menu) : null,
    ...agentInfo(story, state),
    end_user: { id: story.endUserId, identifier: `guest-${story.endUserId}`, out_contact_id: null },
    ...state.late.mediaFields(),
    ...list(
      'transfers',
      renderTransfers(state.handovers.transfers, { traits, at: state.updatedAt, isReceiverUnnamed: false }),
      traits.transfersWhenNone,
    ),
    ...renderChangedDetails(state.late.trail, clock),
    ...(traits.queueRowsMissing ? {} : { queue_durations: renderQueueDurations(story.id, clock, state.stays.visits) }),
    handle_durations: renderHandleDurations(
      { id: story.id, clock, stays: state.stays, transfers: state.handovers.transfers, wrapUps: state.wrapUps },
      state.rows.filter((row) => row.party.agent !== null),
      'chat_duration',
    ),
    offer_type: null,
    offer_events: [],
    transcript: state.messages > 0,
    participants: participants(story, state),
  };
}

function averageSeconds(responses: readonly number[]): number {
  if (responses.length === 0) return 0;
  return roundToSeconds(responses.reduce((sum, one) => sum + one, 0) / responses.length);
}

function agentInfo(story: ChatStory, state: ChatState): ApiRecord {
  if (state.lastAgent === null) return story.traits.dropsNullAgent ? {} : { agent_info: null };
  if (story.traits.losesAgent) return { agent_info: null };
  const info = renderUserInfo(state.lastAgent, state.updatedAt, story.traits.agentNumber);
  return { agent_info: { ...info, email: `agent${state.lastAgent.id}@example.com` } };
}

function participants(story: ChatStory, state: ChatState): readonly ApiRecord[] {
  const { clock, userId, endField } = story.traits;
  return state.rows.map((row) => {
    const agentId = row.party.agent?.id ?? null;
    return {
      id: row.party.id,
      type: row.party.type,
      status: row.leftAt === null ? 'connected' : 'finished',
      chat_id: story.id,
      user_id: agentId !== null && userId === 'string' ? String(agentId) : agentId,
      end_user_id: row.party.type === 'end_user' ? story.endUserId : null,
      chat_duration: renderSeconds(row.joinedAt, row.leftAt),
      connected_at: renderTimestamp(row.joinedAt, clock),
      [endField]: renderTimestamp(row.leftAt, clock),
      fail_reason: 'nothing',
    };
  });
}
