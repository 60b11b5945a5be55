import type { Instant } from './instant.ts';
import { type Bounds, judge } from './plausibility.ts';
import { readId, readInstant, readObjects } from './record-reader.ts';

/** A row of `participants[]` that connected. The same user who leaves and rejoins has several. */
export interface Connection {
  readonly participant: number | null;
  readonly user: number | null;
  readonly connected: Instant;
  /** End of the row, or of the call if the row has none; null if neither is known. */
  readonly ended: Instant | null;
  /** Whether the end of the call stands for a missing end of the row. */
  readonly endIsAssumed: boolean;
}

/** Who was connected, each list ordered by the time of connecting. */
export interface Connections {
  readonly agents: readonly Connection[];
  readonly thirdParties: readonly Connection[];
}

/** The types that are neither agent nor third party. */
const UNRELATED = new Set(['end_user', 'virtual_agent', 'campaign_contact']);

/**
 * Reads the agents and third parties of a call. Rows of everybody else are not looked at, not even for anomalies.
 *
 * The literal of third parties is not documented, so every other text is one. A type that is not a text (the raw
 * export writes enums as numbers) says nothing, and an empty one neither.
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
    const readWithin = (value: unknown, field: string) =>
      judge(readInstant(value, field, anomalies), field, anomalies, bounds);
    const connected = readWithin(row.connected_at, 'participants[].connected_at');
    const ended = readWithin(row.ended_at, 'participants[].ended_at');
    if (connected === null) continue;
    (type === 'agent' ? agents : thirdParties).push({
      participant: readId(row.id),
      user: readId(row.user_id),
      connected,
      ended: ended ?? callEnded,
      endIsAssumed: ended === null,
    });
  }
  agents.sort(byConnected);
  thirdParties.sort(byConnected);
  return { agents, thirdParties };
}

/** The user who connected last and is known by id, at a plausible time if there is one; null if there is none. */
export function findLastUser(rows: readonly Connection[]): number | null {
  const known = rows.filter(({ user }) => user !== null);
  return (known.findLast(({ connected }) => !connected.isImplausible) ?? known.at(-1))?.user ?? null;
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
