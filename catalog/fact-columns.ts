import { bigint, boolean, type Columns, double, json, timestamp, varchar } from './columns.ts';
import { SESSION_OUTCOMES, TRANSFER_OUTCOMES, VIRTUAL_AGENT_OUTCOMES, VISIT_EXITS, VISIT_ORIGINS } from './facts.ts';

/** A table of facts. */
export interface FactTable {
  readonly name: string;
  readonly doc: string;
  /** Array of the session's record that has the facts. @default - one fact per session */
  readonly array?: string;
  /** Columns that identify a fact within its session. */
  readonly key: readonly string[];
  /** Columns read from the fact; for a session, from its record. */
  readonly columns: Columns;
}

const words = (list: readonly string[]) => list.map((word) => `\`${word}\``).join(', ');

const SOURCE = varchar('`array` if the API listed it, `derived` if it was computed from other fields.');

const queue = (prefix: string, which: string): Columns => ({
  [`${prefix}queue_id`]: bigint(`Menu id of ${which}.`),
  [`${prefix}queue_path`]: varchar(`Menu ids of ${which} from the root, separated by \`/\`.`),
  [`${prefix}queue_name`]: varchar(`Name of ${which} in the record; join the view \`queue\` for the present one.`),
});

const SESSION: Columns = {
  status: varchar('Status of the session.', { at: '$.status' }),
  outcome: varchar(
    `What became of the session: ${words(SESSION_OUTCOMES)}, or \`zombie\`: open without a change for 24 hours, and not scheduled for later.`,
    { at: '$.session.outcome' },
  ),
  abandoned_after_answer: boolean('The caller left a later queue after an agent had been connected.', {
    at: '$.session.abandoned_after_answer',
  }),
  has_menu: boolean('Sessions of this type have an IVR menu.', { at: '$.session.has_menu' }),
  has_queue: boolean('The session entered a queue.', { at: '$.session.has_queue' }),
  ...at('$.session', {
    ...queue('first_', 'the first queue'),
    ...queue('last_', 'the last queue'),
    first_agent_id: bigint('Agent of the first leg.'),
    last_agent_id: bigint('`agent_info.id`, else the agent of the last leg.'),
    is_internal: boolean('Between agents.'),
    is_campaign: boolean('Dialled by a campaign.'),
    is_callback: boolean('It has a parent, or its type is that of a callback or a scheduled session.'),
    is_voicemail: boolean('The caller reached voicemail.'),
    is_voicemail_read: boolean('The voicemail was listened to.'),
    has_virtual_agent: boolean('A virtual agent took part.'),
    has_conference: boolean('Two agents were connected at once; three in an internal call.'),
    has_third_party: boolean('A third party was connected.'),
    transfers_done: bigint('Transfers between humans that succeeded.'),
    escalations_done: bigint('Escalations by virtual agents that succeeded.'),
    queue_visits: bigint('Number of rows in `queue_visit`.'),
    agent_legs: bigint('Number of rows in `agent_leg`.'),
  }),
  ...at('$.details', {
    parent_id: bigint('The session that this one continues.'),
    sub_status: varchar('Free text in addition to the status.'),
    fail_reason: varchar('`nothing`, or why the session failed.'),
    deflection: varchar('`no_deflection`, or how the session was deflected.'),
    voicemail_reason: varchar('`not_voicemail`, or why the caller reached voicemail.'),
    disconnected_by: varchar('Who ended it.'),
    rating: double('Rating by the end user; null if there is none.'),
    end_user_id: bigint('The end user.', { personal: true }),
    queued_at: timestamp('First entered a queue (UTC).'),
    assigned_at: timestamp('Assigned to an agent (UTC).'),
    connected_at: timestamp('Connected (UTC).'),
    ended_at: timestamp('Ended (UTC).'),
    scheduled_at: timestamp('Due (UTC).'),
  }),
  updated_at: timestamp('Last change of the record (UTC).', { at: '$.updated_at' }),
  anomalies: json('Anomalies of the record, an array of strings.', { at: '$.anomalies' }),
};

/** Columns at a path; one with its own path keeps it. */
function at(path: string, columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      column.paths.length > 0 ? column : { ...column, paths: [`${path}.${name}`] },
    ]),
  );
}

/** What every fact has of its session, read from the session's record. */
export const SESSION_COLUMNS: Columns = {
  session_type: varchar('Type of the session: `session_type_v2` if present, else `call_type` or `chat_type`.', {
    at: '$.details.session_type',
  }),
  family: varchar('Family of session types.', { at: '$.family' }),
  direction: varchar('`inbound`, `outbound` or `internal`.', { at: '$.session.direction' }),
  session_created_at: timestamp('Start of the session (UTC).', { at: '$.created_at' }),
  settled_after: timestamp('Time from which its facts can be considered final (UTC); null while it is open.', {
    at: '$.settled_after',
  }),
};

const LANG = varchar('Language, ISO 639-1.');

/** The tables of facts of calls and chats. */
export const FACT_TABLES: readonly FactTable[] = [
  {
    name: 'session_outcome',
    doc: 'What became of every call and chat.',
    key: [],
    columns: { ...SESSION, lang: { ...LANG, paths: ['$.details.lang'] } },
  },
  {
    name: 'queue_visit',
    doc: 'Every entry into a queue: the first of a session, and one after each transfer to a queue.',
    array: 'queue_visits',
    key: ['visit_no'],
    columns: at('$', {
      visit_no: bigint('1 for the first entry of the session.'),
      is_first: boolean('It is the first entry of the session.'),
      visit_id: bigint('`queue_durations[].id`, the interaction id of the portal.'),
      ...queue('', 'the queue'),
      lang: LANG,
      entered_at: timestamp('Entered the queue (UTC).'),
      left_at: timestamp('Left the queue (UTC); null while it waits.'),
      seconds: double('From entry to exit, answered or not; null if unknown.'),
      agent_id: bigint('Agent who took the session out of the queue.'),
      exit: varchar(`How it ended: ${words(VISIT_EXITS)}.`),
      origin: varchar(`Why it began: ${words(VISIT_ORIGINS)}.`),
      cold: boolean('The transfer into the queue was cold; null if there was none.'),
      transfer_id: bigint('The transfer into the queue.'),
      service_level_event: varchar('`in_sla`, `not_in_sla` or null, as the platform judged it.'),
      source: SOURCE,
    }),
  },
  {
    name: 'agent_leg',
    doc: 'Every handled interaction: an agent was connected.',
    array: 'agent_legs',
    key: ['leg_no'],
    columns: at('$', {
      leg_no: bigint('1 for the first leg of the session.'),
      leg_id: bigint('`handle_durations[].id`, the interaction id of the portal.'),
      agent_id: bigint('The agent.'),
      ...queue('', 'the queue that it came from'),
      visit_no: bigint('The visit in `queue_visit` that it answered; null for a leg without one.'),
      started_at: timestamp('Connected (UTC).'),
      ended_at: timestamp('Left (UTC); null while it lasts.'),
      connection_seconds: double('From assigned until connected.'),
      seconds: double('Connected, hold included.'),
      hold_seconds: double('On hold.'),
      talk_seconds: double('Connected without hold.'),
      wrap_up_seconds: double('Wrap-up, all records of the leg; null if unknown.'),
      before_call_seconds: double('Before-call work of campaigns.'),
      handle_seconds: double('Before-call work, talk, hold and wrap-up; null if the length or the wrap-up is unknown.'),
      via_transfer: boolean('A transfer brought it.'),
      cold: boolean('That transfer was cold; null if there was none, or it is unknown.'),
      transfer_id: bigint('That transfer.'),
      auto_answered: boolean('Accepted without a click; known for the first leg of a call.'),
      source: SOURCE,
    }),
  },
  {
    name: 'transfer',
    doc: 'Every attempt to hand a session over.',
    array: 'transfers',
    key: ['transfer_no'],
    columns: at('$', {
      transfer_no: bigint('1 for the first transfer of the session.'),
      transfer_id: bigint('`transfers[].id`.'),
      created_at: timestamp('Started (UTC).'),
      received_at: timestamp('The receiver was connected (UTC).'),
      seconds: double('From the start until the receiver was connected.'),
      kind: varchar('What it went to: `agent`, `queue`, `virtual_agent`, `third_party` or `none`.'),
      from_agent_id: bigint('Agent who made it.'),
      from_virtual_agent_id: bigint('Virtual agent who made it.'),
      ...queue('from_', 'the queue that it left'),
      to_agent_id: bigint('The agent it was for, or who received it.'),
      to_virtual_agent_id: bigint('The virtual agent it went to.'),
      ...queue('to_', 'the queue that it went to'),
      transfer_status: varchar('Status as the API sent it.', { at: '$.status' }),
      transfer_fail_reason: varchar('Why it failed, as the API sent it.', { at: '$.fail_reason' }),
      transfer_outcome: varchar(`How it ended: ${words(TRANSFER_OUTCOMES)}.`, { at: '$.outcome' }),
      is_escalation: boolean('From a virtual agent to a human.'),
      cold: boolean('The giver left before the receiver was connected; null if unknown.'),
      is_retry: boolean('An earlier transfer to the same receiver did not succeed.'),
    }),
  },
  {
    name: 'virtual_agent_leg',
    doc: 'Every part of a session with a virtual agent.',
    array: 'virtual_agent_legs',
    key: ['leg_no'],
    columns: at('$', {
      leg_no: bigint('1 for the first such leg of the session.'),
      leg_id: bigint('Its id in the API.'),
      virtual_agent_id: bigint('The virtual agent.'),
      queue_id: bigint('Menu id of its queue.'),
      queue_path: varchar('Menu ids of its queue from the root, separated by `/`.'),
      started_at: timestamp('Started (UTC).'),
      ended_at: timestamp('Ended (UTC).'),
      seconds: double('Length.'),
      initiated_by: varchar('`consumer`, or `agent` after a transfer by a human agent.'),
      in_queue: boolean('It ran while the session waited in a queue.'),
      leg_outcome: varchar(`How it ended: ${words(VIRTUAL_AGENT_OUTCOMES)}.`, { at: '$.outcome' }),
      reason: varchar('Reason of the escalation or the end, as the API sent it.'),
      transfer_id: bigint('The transfer to it, or from it.'),
      source: SOURCE,
    }),
  },
];
