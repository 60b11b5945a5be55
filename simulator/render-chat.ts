import { ChatState } from './chat-state.ts';
import type { ChatStory } from './chat-story.ts';
import {
  type ApiRecord,
  changedDetails,
  list,
  menuPath,
  menuStub,
  rating,
  seconds,
  timestamp,
  userInfo,
} from './render.ts';
import { wholeSeconds } from './time.ts';

/** The record of a chat as the API shows it at a virtual time. */
export function renderChat(story: ChatStory, at: number): ApiRecord {
  const state = new ChatState(story, at);
  const { traits } = story;
  const { clock } = traits;
  const { menu } = state.late;
  const waited = seconds(state.queuedAt, state.assignedAt ?? state.endedAt) ?? 0;
  const open = state.endedAt === null;
  return {
    id: story.id,
    lang: story.id % 13 === 0 ? 'fr-CA' : 'en',
    chat_type: story.chatType,
    ...(story.sessionType === null ? {} : { session_type_v2: story.sessionType }),
    status: state.status,
    sub_status: open ? null : state.disconnectedBy.replaceAll('_', ' '),
    created_at: timestamp(state.createdAt, clock),
    ...(story.chatType === 'Messaging (SMS)' ? { queued_at: timestamp(state.queuedAt, clock) } : {}),
    assigned_at: timestamp(state.assignedAt, clock),
    ends_at: timestamp(state.endedAt, clock),
    updated_at: timestamp(state.updatedAt, clock),
    first_msg_sent_at: timestamp(state.firstMessageAt, clock),
    last_msg_sent_at: timestamp(state.lastMessageAt, clock),
    wait_duration: waited,
    queue_duration: waited,
    chat_duration: open ? 0 : (seconds(state.assignedAt, state.endedAt) ?? 0),
    verified: false,
    rating: rating(state.late.rating, traits.rating),
    has_feedback: state.late.hasFeedback,
    ...state.late.ticketFields(),
    finish_reason: 'finish_reason_none',
    fail_reason: state.failReason === 'nothing' && traits.failReason === 'null' ? null : state.failReason,
    ...(traits.extraKeys ? { disconnected_by: state.disconnectedBy } : {}),
    message_count: state.messages,
    average_response_time: averageSeconds(state.responses),
    longest_response_time: wholeSeconds(Math.max(0, ...state.responses)),
    selected_menu: menu ? menuStub(menu, traits.hiddenAsWord) : null,
    menu_path: menu ? menuPath(menu) : null,
    ...agentInfo(story, state),
    end_user: { id: story.endUserId, identifier: `guest-${story.endUserId}`, out_contact_id: null },
    ...state.late.mediaFields(),
    ...list('transfers', transfers(story, state), traits.transfersWhenNone),
    ...changedDetails(state.late.trail, clock),
    handle_durations: state.rows.flatMap((row) => {
      const { agent } = row.party;
      if (agent === null) return [];
      return [
        {
          id: row.party.id,
          agent_id: agent.id,
          started_at: timestamp(row.joinedAt, clock),
          ended_at: timestamp(row.leftAt, clock),
          chat_duration: seconds(row.joinedAt, row.leftAt),
          acw_duration: wholeSeconds(state.wrapUps.get(agent) ?? 0),
        },
      ];
    }),
    offer_type: null,
    offer_events: [],
    transcript: state.messages > 0,
    participants: participants(story, state),
  };
}

function averageSeconds(responses: readonly number[]): number {
  if (responses.length === 0) return 0;
  return wholeSeconds(responses.reduce((sum, one) => sum + one, 0) / responses.length);
}

function agentInfo(story: ChatStory, state: ChatState): ApiRecord {
  if (state.lastAgent === null) return story.traits.dropsNullAgent ? {} : { agent_info: null };
  if (story.traits.losesAgent) return { agent_info: null };
  const info = userInfo(state.lastAgent, state.updatedAt, story.traits.agentNumber);
  return { agent_info: { ...info, email: `agent${state.lastAgent.id}@example.com` } };
}

function transfers(story: ChatStory, state: ChatState): readonly ApiRecord[] {
  const { clock, agentNumber } = story.traits;
  return state.transfers.map(({ transfer, startedAt, status, receiver }) => ({
    id: transfer.id,
    status,
    fail_reason: status === 'failed' ? 'no_response' : 'nothing',
    created_at: timestamp(startedAt, clock),
    from_menu: state.late.menu ? menuPath(state.late.menu) : null,
    to_menu: menuPath(transfer.toMenu),
    from_agent: userInfo(transfer.from, state.updatedAt, agentNumber),
    to_agent: receiver ? userInfo(receiver, state.updatedAt, agentNumber) : null,
  }));
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
      chat_duration: seconds(row.joinedAt, row.leftAt),
      connected_at: timestamp(row.joinedAt, clock),
      [endField]: timestamp(row.leftAt, clock),
      fail_reason: 'nothing',
    };
  });
}
