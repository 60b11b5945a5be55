import type { Instant } from './instant.ts';
import { type Bounds, judge } from './plausibility.ts';
import { type JsonObject, readId, readInstant, readObjects } from './record-reader.ts';

/** A row of `participants[]` that connected. The same user who leaves and rejoins has several. */
export interface Connection {
  readonly participant: number | null;
  readonly user: number | null;
  readonly connected: Instant;
  /** End of the row, or of the call if the row has none; null if neither is known. */
  readonly ended: Instant | null;
  /** Whether the end of the call stands for a missing end of the row. */
  readonly endIsAssumed: boolean;
  /** Whether its type is a word that is not known, which may or may not stand for a third party. */
  readonly typeIsUnknown: boolean;
  /** The row as the API sent it. */
  readonly row: JsonObject;
}

/** Who was connected, each list ordered by the time of connecting. */
export interface Connections {
  readonly agents: readonly Connection[];
  readonly thirdParties: readonly Connection[];
}

/** The types that are neither agent nor third party, among them those of supervisors, who listen. */
const UNRELATED = new Set([
  'end_user',
  'virtual_agent',
  'campaign_contact',
  'supervisor',
  'manager',
  'monitor',
  'barge',
]);

/** The words for a third party; the platform's own is not documented. */
const THIRD_PARTIES = new Set(['third_party', 'external']);

/** An unknown type is named in an anomaly up to this length. */
const MAX_TYPE_LENGTH = 40;

/**
 * Reads the agents and third parties of a call. Other rows are not looked at, not even for anomalies.
 *
 * The literal of third parties is not documented, so every unknown text counts as one, with the anomaly
 * `unknown_participant:<type>`. A type that is not a text (the raw export writes enums as numbers) says nothing, and an
 * empty one neither.
 */
export function readConnections(
  participants: unknown,
  callEnded: Instant | null,
  anomalies: string[],
  bounds?: Bounds,
): Connections {
  const agents: Connection[] = [];
  const thirdParties: Connection[] = [];
  for (const row of readObjects(participants)) {
    const { type } = row;
    if (typeof type !== 'string' || type === '' || UNRELATED.has(type)) continue;
    const typeIsUnknown = type !== 'agent' && !THIRD_PARTIES.has(type);
    const connection = readConnection(row, callEnded, typeIsUnknown, anomalies, bounds);
    if (connection === null) continue;
    if (typeIsUnknown) anomalies.push(`unknown_participant:${type.slice(0, MAX_TYPE_LENGTH)}`);
    (type === 'agent' ? agents : thirdParties).push(connection);
  }
  agents.sort(byConnected);
  thirdParties.sort(byConnected);
  return { agents, thirdParties };
}

/** Reads the virtual agents of a call, whose times no metric but that of transfers to them depends on. */
export const readVirtualAgents = (participants: unknown, callEnded: Instant | null): Connection[] =>
  readObjects(participants)
    .filter(({ type }) => type === 'virtual_agent')
    .flatMap((row) => readConnection(row, callEnded, false, []) ?? [])
    .sort(byConnected);

function readConnection(
  row: JsonObject,
  callEnded: Instant | null,
  typeIsUnknown: boolean,
  anomalies: string[],
  bounds?: Bounds,
): Connection | null {
  const readWithin = (value: unknown, field: string) =>
    judge(readInstant(value, field, anomalies), field, anomalies, bounds);
  const connected = readWithin(row.connected_at, 'participants[].connected_at');
  // chats have had both names
  const ended = readWithin(row.ended_at ?? row.finished_at, 'participants[].ended_at');
  if (connected === null) return null;
  return {
    participant: readId(row.id),
    user: readId(row.user_id),
    connected,
    ended: ended ?? callEnded,
    endIsAssumed: ended === null,
    typeIsUnknown,
    row,
  };
}

/** A total order over all that counts, so that the order in which the API lists rows never does. */
const byConnected = (a: Connection, b: Connection): number =>
  a.connected.time - b.connected.time ||
  compareNullLast(a.user, b.user) ||
  compareNullLast(a.participant, b.participant) ||
  compareNullLast(a.ended?.time, b.ended?.time);

/** Compares ascending, nulls last. */
export function compareNullLast(a: number | null | undefined, b: number | null | undefined): number {
  if (a === b) return 0;
  return (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY);
}
