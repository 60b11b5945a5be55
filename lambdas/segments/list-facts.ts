import type { DetailedFacts } from '../../catalog/facts.ts';
import { describeLeg, type Leg, type LegLinks, listLegs } from './agent-legs.ts';
import { NO_PLACE } from './queue-place.ts';
import { listVisits, type Visit } from './queue-visits.ts';
import { MAX_FACTS, readId } from './record-reader.ts';
import type { Session } from './session.ts';
import { readDetails } from './session-details.ts';
import { describeOutcome, type Parts } from './session-outcome.ts';
import { findCold, listTransfers } from './transfer-facts.ts';
import type { Transfer } from './transfers.ts';
import { listVirtualAgentLegs } from './virtual-agent-legs.ts';

/** Lists all facts of a session. */
export function listFacts(
  whole: Session,
  { hasConference, hasThirdParty }: Pick<Parts, 'hasConference' | 'hasThirdParty'>,
): DetailedFacts {
  const session = boundSession(whole);
  const found = listLegs(session);
  const visits = listVisits(session, found);
  const queue_visits = visits.map(({ fact }) => fact);
  const free = new Set(session.transfers);
  const agent_legs = found.map((leg, index) =>
    describeLeg(session, leg, index + 1, linkLeg(session, leg, visits, free)),
  );
  const transfers = listTransfers(session);
  const virtual_agent_legs = listVirtualAgentLegs(session, queue_visits);
  const outcome = describeOutcome(session, {
    visits: queue_visits,
    legs: agent_legs,
    transfers,
    virtualAgentLegs: virtual_agent_legs,
    hasConference,
    hasThirdParty,
  });
  return { outcome, details: readDetails(session), queue_visits, agent_legs, transfers, virtual_agent_legs };
}

/** A session with at most as many participants and transfers as facts are made of. */
function boundSession(session: Session): Session {
  const { connections, transfers, anomalies } = session;
  if (connections.agents.length <= MAX_FACTS && transfers.length <= MAX_FACTS) return session;
  if (connections.agents.length > MAX_FACTS) anomalies.push('truncated:participants');
  if (transfers.length > MAX_FACTS) anomalies.push('truncated:transfers');
  return {
    ...session,
    connections: { ...connections, agents: connections.agents.slice(0, MAX_FACTS) },
    transfers: transfers.slice(0, MAX_FACTS),
  };
}

/** Finds the visit that a leg answered and the transfer that brought it. */
function linkLeg(session: Session, leg: Leg, visits: readonly Visit[], free: Set<Transfer>): LegLinks {
  const visit = visits.find((one) => one.leg === leg);
  // none if the leg answered a queue that no transfer led to
  const transfer = visit === undefined ? takeTransfer(leg, free) : visit.transfer;
  if (transfer !== null) free.delete(transfer);
  return {
    visitNo: visit?.fact.visit_no ?? null,
    visitPlace: visit?.place ?? NO_PLACE,
    transfer,
    transferId: visit?.fact.transfer_id ?? (transfer === null ? null : readId(transfer.row.id)),
    cold: visit?.fact.cold ?? (transfer === null ? null : findCold(session, transfer)),
  };
}

/** A transfer is received when its receiver connects. */
const RECEIVED = 2_000;

function takeTransfer({ agent, started }: Leg, free: Set<Transfer>): Transfer | null {
  for (const transfer of free) {
    const { created, receiver, toAgent, outcome } = transfer;
    if (created === null || started === null) continue;
    const isReceived =
      receiver === null
        ? toAgent !== null && toAgent === agent && outcome === 'transferred' && started.time >= created.time
        : receiver.user === agent && Math.abs(receiver.connected.time - started.time) <= RECEIVED;
    if (isReceived) return transfer;
  }
  return null;
}
