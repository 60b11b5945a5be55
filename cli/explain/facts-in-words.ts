import type { AgentLeg, QueueVisit, SessionFacts, TransferFact, VirtualAgentLeg } from '../../catalog/facts.ts';

/** A fact in one line, and the fields that it was computed from. */
interface Described {
  readonly label: string;
  readonly text: string;
  readonly fields: string;
}

/** Describes the facts of a session, one line for each, with the fields of the record behind it. */
export function describeFacts(facts: SessionFacts): string {
  const lines: Described[] = [
    describeOutcome(facts),
    ...facts.queue_visits.map(describeVisit),
    ...facts.agent_legs.map(describeLeg),
    ...facts.transfers.map(describeTransfer),
    ...facts.virtual_agent_legs.map(describeVirtualAgentLeg),
  ];
  return lines.map(({ label, text, fields }) => `${label.padEnd(22)} ${text}\n    ${fields}\n`).join('');
}

function describeOutcome({ outcome, queue_visits, agent_legs }: SessionFacts): Described {
  const parts = [
    outcome.outcome,
    ...(outcome.abandoned_after_answer ? ['abandoned in a later queue'] : []),
    outcome.direction,
    `${queue_visits.length} queue visits`,
    `${agent_legs.length} agent legs`,
  ];
  return {
    label: 'outcome',
    text: parts.join(', '),
    fields: 'from status, fail_reason, deflection, voicemail_reason, disconnected_by and the facts below',
  };
}

function describeVisit(visit: QueueVisit): Described {
  const { visit_no, visit_id, exit, agent_id, seconds, origin, cold, service_level_event, source } = visit;
  const parts = [
    nameQueue(visit.queue_id, visit.queue_name),
    exit === 'answered' && agent_id !== null ? `answered by agent ${agent_id}` : exit,
    inSeconds(seconds),
    `origin ${origin}`,
    ...(cold === null ? [] : [cold ? 'cold' : 'warm']),
    ...(service_level_event === null ? [] : [service_level_event]),
  ];
  return {
    label: `queue_visit ${visit_no}`,
    text: parts.join(', '),
    fields:
      source === 'array'
        ? `from queue_durations[${visit_id}]`
        : visit.is_first
          ? 'from queued_at, queue_duration, assigned_at, connected_at, the end of the session'
          : `from transfers[${visit.transfer_id}] and its receiver among the participants`,
  };
}

function describeLeg(leg: AgentLeg): Described {
  const { leg_no, leg_id, agent_id, seconds, hold_seconds, wrap_up_seconds, before_call_seconds, source } = leg;
  const parts = [
    `agent ${agent_id ?? 'unknown'}`,
    inSeconds(seconds),
    ...(hold_seconds === null ? [] : [`hold ${hold_seconds} s`]),
    wrap_up_seconds === null ? 'wrap-up unknown' : `wrap-up ${wrap_up_seconds} s`,
    ...(before_call_seconds === null || before_call_seconds === 0 ? [] : [`before-call work ${before_call_seconds} s`]),
    leg.visit_no === null ? 'from no queue' : `from queue visit ${leg.visit_no}`,
    ...(leg.via_transfer ? ['by a transfer'] : []),
  ];
  return {
    label: `agent_leg ${leg_no}`,
    text: parts.join(', '),
    fields: source === 'array' ? `from handle_durations[${leg_id}]` : 'from the rows of the agent in participants',
  };
}

function describeTransfer(transfer: TransferFact): Described {
  const { transfer_no, transfer_id, kind, outcome } = transfer;
  const from = nameParty(transfer.from_agent_id, transfer.from_virtual_agent_id);
  const to = nameParty(transfer.to_agent_id, transfer.to_virtual_agent_id);
  const queue =
    transfer.to_queue_id === null && transfer.to_queue_name === null
      ? ''
      : nameQueue(transfer.to_queue_id, transfer.to_queue_name);
  const parts = [
    `${from} to ${[queue, to === 'unknown' && queue !== '' ? '' : to].filter((part) => part !== '').join(', ')}`,
    `kind ${kind}`,
    outcome,
    ...(transfer.seconds === null ? [] : [inSeconds(transfer.seconds)]),
    ...(transfer.cold === null ? [] : [transfer.cold ? 'cold' : 'warm']),
    ...(transfer.is_escalation ? ['escalation'] : []),
    ...(transfer.is_retry ? ['retry'] : []),
  ];
  return { label: `transfer ${transfer_no}`, text: parts.join(', '), fields: `from transfers[${transfer_id}]` };
}

function describeVirtualAgentLeg(leg: VirtualAgentLeg): Described {
  const parts = [
    `virtual agent ${leg.virtual_agent_id ?? 'unknown'}`,
    leg.outcome,
    inSeconds(leg.seconds),
    ...(leg.in_queue ? ['in the queue'] : []),
    ...(leg.reason === null ? [] : [`reason ${leg.reason}`]),
  ];
  return {
    label: `virtual_agent_leg ${leg.leg_no}`,
    text: parts.join(', '),
    fields:
      leg.source === 'array'
        ? `from virtual_agent_handle_durations[${leg.leg_id}] and escalations`
        : `from participants[${leg.leg_id}]`,
  };
}

const nameQueue = (id: number | null, name: string | null): string =>
  `queue ${id ?? 'unknown'}${name === null ? '' : ` ${name}`}`;

function nameParty(agent: number | null, virtualAgent: number | null): string {
  if (agent !== null) return `agent ${agent}`;
  return virtualAgent === null ? 'unknown' : `virtual agent ${virtualAgent}`;
}

const inSeconds = (seconds: number | null): string => (seconds === null ? 'length unknown' : `${seconds} s`);
