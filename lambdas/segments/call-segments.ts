import type { DetailedFacts } from '../../catalog/facts.ts';
import { parseRecordId } from '../../catalog/record-id.ts';
import type { Metric, MetricResult, Segment } from '../../catalog/segment-metrics.ts';
import { measureHoldTime, measureTalkTime } from './duration-metrics.ts';
import type { Family } from './families.ts';
import { readInputs } from './inputs.ts';
import { plusHours } from './instant.ts';
import {
  measureCallTime,
  measureHandleTime,
  measureIvrTime,
  measureQueueTime,
  measureRingTime,
} from './interval-metrics.ts';
import { listFacts } from './list-facts.ts';
import { listSegments } from './list-segments.ts';
import { measureConference, measureThirdPartyTalk, readPresence } from './overlaps.ts';
import { readConnections } from './participants.ts';
import { judgeDuration } from './plausibility.ts';
import { readSessionQueue } from './queue-place.ts';
import { type JsonObject, readId, readObject, readSome, readText } from './record-reader.ts';
import { findDirection } from './session.ts';
import { measureTransferTime, readTransfers } from './transfers.ts';

/** The segments and segment metrics of one version of a call, with what identifies it. */
export interface CallSegments {
  /** A number, also where the API sent it as text; the text if it is not a number, or one of more digits than a number can hold. */
  readonly call_id: number | string | null;
  /** `session_type_v2` if present, else `call_type`. */
  readonly call_type: string | null;
  readonly family: Family;
  readonly status: string | null;
  /** `last_agent_id` of the outcome. */
  readonly agent_id: number | null;
  /** `selected_menu.id`, else the last element of `menu_path.materialized_path`. */
  readonly queue_id: number | null;
  /** `selected_menu.name`, else `menu_path.name`. */
  readonly queue_name: string | null;
  /** ISO 8601 UTC with milliseconds. */
  readonly created_at: string | null;
  /** ISO 8601 UTC with milliseconds. */
  readonly updated_at: string | null;
  /** ISO 8601 UTC with milliseconds. After this time, the numbers can be treated as final. Null while there is no end. */
  readonly settled_after: string | null;
  readonly metrics: Readonly<Record<Metric, MetricResult>>;
  /** What happened, in order. */
  readonly segments: readonly Segment[];
  /**
   * Anomalies of the inputs, sorted and without repetition: `bad_timestamp:<field>`, `implausible:<field>`, `clock_skew:<metric>`,
   * `negative:<metric>`, `negative:participant`, `unknown_participant:<type>`, `recomputed:<field>`, `duplicate:<field>`,
   * `truncated:<field>`, `last_leg_only:duration`. `wait_time` shares that of `queue_time`,
   * `billing_time` that of `call_time`.
   */
  readonly anomalies: readonly string[];
  readonly facts: DetailedFacts;
}

/** Options of {@link computeCallSegments}. */
export interface CallSegmentsOptions {
  /** Number of hours after its end when the numbers of a call can be treated as final.
   * @default 24 */
  readonly settleHours?: number;
}

/**
 * Computes the segments and segment metrics of a call record as the API sent it.
 *
 * The result depends only on the record and the options, and no record makes it throw. A field that is missing or has an
 * undocumented type is read as far as possible. Statuses and anomalies report the rest.
 *
 * @example
 * ```ts
 * const { metrics } = computeCallSegments({
 *   call_type: 'Voice Inbound (IVR)',
 *   status: 'finished',
 *   created_at: '2019-06-07T10:00:00Z',
 *   queued_at: '2019-06-07T10:00:30Z',
 *   ends_at: '2019-06-07T10:01:00Z',
 * });
 * metrics.ivr_time; // { seconds: 30, status: 'ok' }
 * metrics.queue_time; // { seconds: null, status: 'not_applicable' }: the call never connected
 * ```
 */
export function computeCallSegments(call: JsonObject, options?: CallSegmentsOptions): CallSegments {
  const record = readObject(call);
  const anomalies: string[] = [];
  const inputs = readInputs(record, anomalies);
  const { created, updated, ended, over, bounds } = inputs;
  const connections = readConnections(record.participants, ended, anomalies, bounds);
  const { agents, thirdParties } = connections;
  const transfers = readTransfers(record, connections, inputs, anomalies);
  judgeDuration(
    inputs,
    agents.map(({ connected }) => connected),
    anomalies,
  );
  const agentPresence = readPresence(agents, anomalies);
  const conferences = measureConference(agentPresence, over);
  const thirdPartyTalks = measureThirdPartyTalk(readPresence(thirdParties, anomalies), agentPresence, over);
  const call_time = measureCallTime(inputs, anomalies);
  const queue_time = measureQueueTime(inputs, anomalies);
  const metrics = {
    billing_time: call_time,
    call_time,
    ivr_time: measureIvrTime(inputs, anomalies),
    queue_time,
    wait_time: queue_time,
    handle_time: measureHandleTime(inputs, anomalies),
    transfer_time: measureTransferTime(transfers, inputs, anomalies),
    conference_time: conferences.result,
    third_party_talk_time: thirdPartyTalks.result,
    ring_time: measureRingTime(inputs, anomalies),
    talk_time: measureTalkTime(inputs, anomalies),
    hold_time: measureHoldTime(inputs, anomalies),
  };
  const queue = queueOf(record);
  const facts = listFacts(
    {
      channel: 'call',
      record,
      type: inputs.type,
      family: inputs.family,
      direction: findDirection(inputs.family),
      status: inputs.status,
      failReason: inputs.failReason,
      deflection: readText(record.deflection),
      created,
      queued: inputs.queued,
      assigned: inputs.assigned,
      connected: inputs.connected,
      ended,
      over,
      bounds,
      connections,
      transfers,
      queue: readSessionQueue(record),
      visitRows: readSome(record, 'queue_durations', anomalies),
      anomalies,
    },
    {
      hasConference: conferences.spans.length > 0 && (inputs.family !== 'internal' || agentPresence.people > 2),
      hasThirdParty: thirdParties.length > 0,
    },
  );
  return {
    call_id: parseRecordId(record.id) ?? readText(record.id),
    call_type: inputs.type,
    family: inputs.family,
    status: inputs.status,
    agent_id: facts.outcome.last_agent_id,
    queue_id: queue.id,
    queue_name: queue.name,
    created_at: created?.text ?? null,
    updated_at: updated?.text ?? null,
    settled_after: ended === null ? null : plusHours(ended, options?.settleHours ?? 24).text,
    metrics,
    segments: listSegments(inputs, {
      talk: metrics.talk_time,
      hold: metrics.hold_time,
      transfers,
      conferences: conferences.spans,
      thirdPartyTalks: thirdPartyTalks.spans,
    }),
    anomalies: anomalies.length < 2 ? anomalies : [...new Set(anomalies)].sort(),
    facts,
  };
}

function queueOf(record: JsonObject): { id: number | null; name: string | null } {
  const menu = readObject(record.selected_menu);
  const path = readObject(record.menu_path);
  return {
    id: readId(menu.id) ?? readId(lastElement(path.materialized_path)),
    name: readText(menu.name) ?? readText(path.name),
  };
}

/** The API documents only paths with one element, so any text between elements counts as a separator. */
function lastElement(path: unknown): unknown {
  if (Array.isArray(path)) return path.at(-1);
  return typeof path === 'string' ? path.split(/\W/).findLast((element) => element !== '') : path;
}
