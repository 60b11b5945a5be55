import { METRICS, type Metric } from '../../catalog/segment-metrics.ts';
import { type CallSegments, computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import {
  type JsonObject,
  readDuration,
  readInstant,
  readObject,
  readObjects,
} from '../../lambdas/segments/record-reader.ts';
import { FORMULAS } from './formulas.ts';
import { explainStatus, type UsedField } from './reasons.ts';

/** How a metric was computed. */
export interface MetricExplanation {
  readonly metric: Metric;
  readonly seconds: number | null;
  readonly status: string;
  readonly formula: string;
  readonly inputs: readonly UsedField[];
  /** Reason for the status, or null for `ok`. */
  readonly because: string | null;
  readonly anomalies: readonly string[];
}

/** A participant of a call, by ids only. */
export interface Presence {
  readonly participant: unknown;
  readonly type: unknown;
  readonly user: unknown;
  readonly connected_at: unknown;
  readonly ended_at: unknown;
}

/** A call with its explained metrics and its participants. */
export interface Explanation extends Omit<CallSegments, 'metrics'> {
  readonly metrics: readonly MetricExplanation[];
  readonly participants: readonly Presence[];
}

/** Explains a call record as sent by the API. */
export function explainCall(record: JsonObject): Explanation {
  const { metrics, ...call } = computeCallSegments(record);
  return {
    ...call,
    metrics: METRICS.map((metric) => {
      const inputs = inputsOf(metric, record);
      return {
        metric,
        ...metrics[metric],
        formula: FORMULAS[metric].formula,
        inputs,
        because: explainStatus({ metric, result: metrics[metric], call, inputs }),
        anomalies: call.anomalies.filter((anomaly) => concerns(anomaly, metric, inputs)),
      };
    }),
    participants: readObjects(record.participants).map(({ id, type, user_id, connected_at, ended_at }) => ({
      participant: id,
      type,
      user: user_id,
      connected_at,
      ended_at,
    })),
  };
}

const TWINS: Readonly<Partial<Record<Metric, Metric>>> = { billing_time: 'call_time', wait_time: 'queue_time' };

/** Whether an anomaly concerns a metric. `wait_time` and `billing_time` share the anomalies of the metrics they equal. */
function concerns(anomaly: string, metric: Metric, inputs: readonly UsedField[]): boolean {
  const [kind, subject] = anomaly.split(':');
  if (kind === 'bad_timestamp') return inputs.some(({ field }) => field.replace(/\[.*?\]/, '[]') === subject);
  if (subject === 'participant') return metric === 'conference_time' || metric === 'third_party_talk_time';
  if (metric === 'talk_time' && anomaly === 'negative:hold_time') return true;
  return subject === (TWINS[metric] ?? metric);
}

function inputsOf(metric: Metric, record: JsonObject): UsedField[] {
  switch (metric) {
    case 'transfer_time':
      return [
        ...transferFields(record),
        ...(transferFields(record).length > 0 ? connectionFields(record, isAgent) : []),
      ];
    case 'conference_time':
      return presenceFields(record, isAgent);
    case 'third_party_talk_time':
      return readObjects(record.participants).some(isThirdParty)
        ? presenceFields(record, (row) => isAgent(row) || isThirdParty(row))
        : [];
    default:
      return FORMULAS[metric].inputs.map((names) => usedOf(names, record));
  }
}

const DURATIONS = /duration$/;

/** The first name with a readable value, or else the first name with any value. */
function usedOf(names: readonly string[], record: JsonObject): UsedField {
  const isReadable = (name: string) =>
    DURATIONS.test(name) ? readDuration(record[name]) !== null : readInstant(record[name], name, []) !== null;
  const field = names.find(isReadable) ?? names.find((name) => record[name] != null) ?? names.join(' or ');
  return { field, value: record[field] ?? null };
}

const isAgent = ({ type }: JsonObject) => type === 'agent';
const OTHERS = new Set<unknown>(['agent', 'end_user', 'virtual_agent', 'campaign_contact', '']);
const isThirdParty = ({ type }: JsonObject) => typeof type === 'string' && !OTHERS.has(type);

function transferFields(record: JsonObject): UsedField[] {
  return readObjects(record.transfers).flatMap(({ id, created_at, status, to_agent }) => [
    { field: `transfers[${id}].created_at`, value: created_at ?? null },
    { field: `transfers[${id}].status`, value: status ?? null },
    { field: `transfers[${id}].to_agent.id`, value: readObject(to_agent).id ?? null },
  ]);
}

function connectionFields(record: JsonObject, isWanted: (row: JsonObject) => boolean): UsedField[] {
  return readObjects(record.participants)
    .filter(isWanted)
    .map(({ id, connected_at }) => ({ field: `participants[${id}].connected_at`, value: connected_at ?? null }));
}

function presenceFields(record: JsonObject, isWanted: (row: JsonObject) => boolean): UsedField[] {
  return readObjects(record.participants)
    .filter(isWanted)
    .flatMap(({ id, connected_at, ended_at }) => [
      { field: `participants[${id}].connected_at`, value: connected_at ?? null },
      { field: `participants[${id}].ended_at`, value: ended_at ?? null },
    ]);
}
