/**
 * Facts: one row for each thing that happened in a call or chat. Every answer is an aggregate of facts.
 *
 * Times are ISO 8601 in UTC with milliseconds. Lengths are in seconds. Null is unknown or absent, never zero.
 */

/** Kind of a session. */
export type Channel = 'call' | 'chat';

/** Where a fact comes from: the array in which the API lists such things, or other fields of the record. */
export type FactSource = 'array' | 'derived';

/** How a stay in a queue ended. */
export const VISIT_EXITS = ['answered', 'abandoned', 'deflected', 'voicemail', 'failed', 'cancelled', 'open'] as const;
export type VisitExit = (typeof VISIT_EXITS)[number];

/** Why a session entered a queue. `escalation` is a transfer from a virtual agent. */
export const VISIT_ORIGINS = ['inbound', 'callback', 'scheduled', 'campaign', 'transfer', 'escalation'] as const;
export type VisitOrigin = (typeof VISIT_ORIGINS)[number];

/** One entry into a queue. */
export interface QueueVisit {
  /** 1 for the first entry of the session. */
  readonly visit_no: number;
  readonly is_first: boolean;
  /** `queue_durations[].id`, which is the interaction id of the portal; null if derived. */
  readonly visit_id: number | null;
  /** Menu id of the queue. */
  readonly queue_id: number | null;
  /** Menu ids from the root, separated by `/`. */
  readonly queue_path: string | null;
  /** Name of the queue as the record has it; the menu's present name is in the view `queue`. */
  readonly queue_name: string | null;
  readonly lang: string | null;
  readonly entered_at: string | null;
  readonly left_at: string | null;
  /** From entry to exit, answered or not; null while the visit is open. */
  readonly seconds: number | null;
  /** Agent who took the session out of the queue. */
  readonly agent_id: number | null;
  readonly exit: VisitExit;
  readonly origin: VisitOrigin;
  /** Whether the transfer into this queue was cold; null if there was none, or it is unknown. */
  readonly cold: boolean | null;
  readonly transfer_id: number | null;
  /** `in_sla`, `not_in_sla` or null, as the platform judged the visit. */
  readonly service_level_event: string | null;
  readonly source: FactSource;
}

/** Direction of a session as seen by the contact centre. */
export type Direction = 'inbound' | 'outbound' | 'internal';

/** One handled interaction: an agent was connected. */
export interface AgentLeg {
  /** 1 for the first leg of the session. */
  readonly leg_no: number;
  /** `handle_durations[].id`, which is the interaction id of the portal; null if derived. */
  readonly leg_id: number | null;
  readonly agent_id: number | null;
  /** Queue of the visit that this leg answered; null for a leg without a queue. */
  readonly queue_id: number | null;
  readonly queue_path: string | null;
  readonly queue_name: string | null;
  /** The visit that this leg answered. */
  readonly visit_no: number | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** From being offered or assigned until connected. */
  readonly connection_seconds: number | null;
  /** Connected, hold included. */
  readonly seconds: number | null;
  readonly hold_seconds: number | null;
  /** Connected without hold. */
  readonly talk_seconds: number | null;
  /** After the session; all wrap-up records of the leg. */
  readonly wrap_up_seconds: number | null;
  /** Before the session, in campaigns. */
  readonly before_call_seconds: number | null;
  /** Before-call work, talk, hold and wrap-up; null if the leg's length or its wrap-up is unknown. */
  readonly handle_seconds: number | null;
  readonly via_transfer: boolean;
  readonly cold: boolean | null;
  readonly transfer_id: number | null;
  readonly direction: Direction;
  /** Whether the session was accepted without a click; known for the first leg of a call only. */
  readonly auto_answered: boolean | null;
  readonly source: FactSource;
}

/** How a transfer ended. `unanswered`: over, but neither received nor reported as failed. */
export const TRANSFER_OUTCOMES = ['transferred', 'failed', 'cancelled', 'unanswered', 'open'] as const;
export type TransferOutcome = (typeof TRANSFER_OUTCOMES)[number];

/** What a session was transferred to. `none`: the record names nothing. */
export type TransferKind = 'agent' | 'queue' | 'virtual_agent' | 'third_party' | 'none';

/** One attempt to hand a session over. */
export interface TransferFact {
  /** 1 for the first transfer of the session. */
  readonly transfer_no: number;
  readonly transfer_id: number | null;
  readonly created_at: string | null;
  /** When the receiver was connected. */
  readonly received_at: string | null;
  /** From its start until the receiver was connected. */
  readonly seconds: number | null;
  readonly kind: TransferKind;
  readonly from_agent_id: number | null;
  readonly from_virtual_agent_id: number | null;
  readonly from_queue_id: number | null;
  readonly from_queue_path: string | null;
  readonly from_queue_name: string | null;
  /** The agent it was for, or who received it. */
  readonly to_agent_id: number | null;
  readonly to_virtual_agent_id: number | null;
  readonly to_queue_id: number | null;
  readonly to_queue_path: string | null;
  readonly to_queue_name: string | null;
  /** Status as the API sent it. */
  readonly status: string | null;
  readonly fail_reason: string | null;
  readonly outcome: TransferOutcome;
  /** From a virtual agent to a human: since 2026-03-24 the portal does not call this a transfer. */
  readonly is_escalation: boolean;
  /** Whether the giver left before the receiver was connected; null if unknown or not received. */
  readonly cold: boolean | null;
  /** Whether an earlier transfer to the same receiver did not succeed. */
  readonly is_retry: boolean;
}

/** How a virtual agent's part of a session ended. */
export const VIRTUAL_AGENT_OUTCOMES = [
  'escalated',
  'resolved',
  'consumer_ended',
  'unexpectedly_ended',
  'failed',
  'undefined',
  'open',
] as const;
export type VirtualAgentOutcome = (typeof VIRTUAL_AGENT_OUTCOMES)[number];

/** One part of a session with a virtual agent. */
export interface VirtualAgentLeg {
  /** 1 for the first such leg of the session. */
  readonly leg_no: number;
  readonly leg_id: number | null;
  readonly virtual_agent_id: number | null;
  readonly queue_id: number | null;
  readonly queue_path: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly seconds: number | null;
  /** `agent` after a transfer by a human agent. */
  readonly initiated_by: 'consumer' | 'agent';
  /** Whether it ran while the session waited in a queue. */
  readonly in_queue: boolean;
  readonly outcome: VirtualAgentOutcome;
  /** Reason of the escalation, or the finish reason, as the API sent it. */
  readonly reason: string | null;
  readonly transfer_id: number | null;
  readonly source: FactSource;
}

/**
 * Outcome of a session, the first that fits in this order. The view `session_outcome` also knows `zombie`: open without a change
 * for 24 hours, and not scheduled for later.
 */
export const SESSION_OUTCOMES = [
  'open',
  'voicemail',
  'abandoned_menu',
  'abandoned_queue',
  'cancelled',
  'deflected',
  'recovered',
  'failed',
  'answered',
  'va_only',
  'no_agent',
] as const;
export type Outcome = (typeof SESSION_OUTCOMES)[number];

/** What became of a session as a whole. */
export interface SessionOutcome {
  readonly outcome: Outcome;
  /** Whether the caller left a later queue although an agent had been connected before. */
  readonly abandoned_after_answer: boolean;
  readonly direction: Direction;
  readonly has_menu: boolean;
  readonly has_queue: boolean;
  readonly first_queue_id: number | null;
  readonly first_queue_path: string | null;
  readonly first_queue_name: string | null;
  readonly last_queue_id: number | null;
  readonly last_queue_path: string | null;
  readonly last_queue_name: string | null;
  readonly first_agent_id: number | null;
  /** `agent_info.id`, else the agent of the last leg. */
  readonly last_agent_id: number | null;
  readonly is_internal: boolean;
  readonly is_campaign: boolean;
  /** It has a parent, or its type is that of a callback or a scheduled session. */
  readonly is_callback: boolean;
  readonly is_voicemail: boolean;
  /** The voicemail was listened to. */
  readonly is_voicemail_read: boolean;
  readonly has_virtual_agent: boolean;
  /** Whether two or more agents were connected at once; not an internal call of two. */
  readonly has_conference: boolean;
  readonly has_third_party: boolean;
  /** Transfers between humans that succeeded. */
  readonly transfers_done: number;
  /** Escalations by virtual agents that succeeded. */
  readonly escalations_done: number;
  readonly queue_visits: number;
  readonly agent_legs: number;
}

/** Fields of a session that facts are selected and explained by, as the API sent them, with times in UTC. */
export interface SessionDetails {
  readonly parent_id: number | null;
  readonly session_type: string | null;
  readonly sub_status: string | null;
  readonly fail_reason: string | null;
  readonly deflection: string | null;
  readonly voicemail_reason: string | null;
  readonly disconnected_by: string | null;
  readonly lang: string | null;
  readonly rating: number | null;
  readonly end_user_id: number | null;
  readonly queued_at: string | null;
  readonly assigned_at: string | null;
  readonly connected_at: string | null;
  readonly ended_at: string | null;
  readonly scheduled_at: string | null;
}

/** All facts of one version of a session. */
export interface SessionFacts {
  readonly outcome: SessionOutcome;
  readonly queue_visits: readonly QueueVisit[];
  readonly agent_legs: readonly AgentLeg[];
  readonly transfers: readonly TransferFact[];
  readonly virtual_agent_legs: readonly VirtualAgentLeg[];
}

/** The facts of a session with the fields that they are selected by. */
export interface DetailedFacts extends SessionFacts {
  readonly details: SessionDetails;
}
