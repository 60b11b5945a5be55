import type { VisitExit, VisitOrigin } from '../../catalog/facts.ts';
import type { Entry } from './queue-entries.ts';
import { readId, readObjects } from './record-reader.ts';
import { hasDeflection, isEndedByCaller, isReturned, isVoicemail, readReason, type Session } from './session.ts';

/** Finds how a visit ended that no leg answered. */
export function findExit(session: Session, entry: Entry, next: Entry | undefined, isFirst: boolean): VisitExit {
  const { agent, transfer } = entry;
  if (transfer?.outcome === 'cancelled') return 'cancelled';
  if (next !== undefined) return findLaterExit(entry, next);
  if (isVoicemail(session)) return 'voicemail';
  if (!session.over) return transfer?.outcome === 'failed' ? 'failed' : 'open';
  const reason = readReason(session.failReason);
  if (reason === 'eu_abandoned' || readReason(transfer?.row.fail_reason) === 'eu_abandoned') return 'abandoned';
  if (reason === 'eu_canceled') return 'cancelled';
  if (transfer?.outcome === 'transferred') return 'answered';
  // the session continued without it
  if (transfer?.outcome === 'failed' && transfer.resolved !== null) return 'failed';
  // the redirection of a call that an agent then accepted belongs to the queue before
  if (session.status === 'deflected' || (agent === null && isDeflected(session, entry))) return 'deflected';
  // the participants are not shown
  if (isFirst && transfer === null && session.connected !== null && !isAgentRefuted(entry)) return 'answered';
  const isGivenUp = (reason === null || reason === 'no_response') && isEndedByCaller(session);
  return isGivenUp && (agent === null || session.channel === 'chat' || !isFirst) ? 'abandoned' : 'failed';
}

/** The record says that no agent took the session out of the queue. */
const isAgentRefuted = ({ isAgentKnown, agent }: Entry): boolean => isAgentKnown && agent === null;

/** An agent must have had a session to transfer it. Otherwise it was redirected to the next queue. */
function findLaterExit({ agent, transfer }: Entry, next: Entry): VisitExit {
  if (transfer?.outcome === 'transferred') return 'answered';
  if (
    next.isTransfer &&
    (agent !== null || (next.transfer !== null && next.transfer.fromAgent !== null && transfer === null))
  )
    return 'answered';
  return transfer?.outcome === 'failed' ? 'failed' : 'deflected';
}

/** Whether the session was redirected. One that names the transfer belongs to that visit alone. */
function isDeflected({ record, deflection, connected }: Session, { transferId }: Entry): boolean {
  const details = readObjects(record.deflection_details).map(({ transfer_id }) => readId(transfer_id));
  if (transferId !== null) return details.includes(transferId);
  return hasDeflection(deflection) && connected === null;
}

/** Finds why a session entered a queue. */
export function findOrigin(session: Session, { isTransfer, transfer }: Entry): VisitOrigin {
  if (isTransfer) return transfer?.isEscalation ? 'escalation' : 'transfer';
  if (session.family === 'campaign') return 'campaign';
  if (isReturned(session)) return 'callback';
  return session.family === 'scheduled' ? 'scheduled' : 'inbound';
}
