import type { QueueVisit, VisitExit } from '../../catalog/facts.ts';
import type { Leg } from './agent-legs.ts';
import { type Instant, isWithin, SKEW_TOLERANCE } from './instant.ts';
import { toSeconds } from './lengths.ts';
import { type Entry, listEntries } from './queue-entries.ts';
import { choosePlace, NO_PLACE, type QueuePlace } from './queue-place.ts';
import { readText } from './record-reader.ts';
import type { Session } from './session.ts';
import { findCold } from './transfer-facts.ts';
import { namesQueue, readReceivingPlace } from './transfer-places.ts';
import type { Transfer } from './transfers.ts';
import { findExit, findOrigin } from './visit-exits.ts';

/** A visit, the leg that answered it and the transfer that led to it. */
export interface Visit {
  readonly fact: QueueVisit;
  readonly leg: Leg | null;
  readonly transfer: Transfer | null;
  readonly place: QueuePlace;
}

/** A leg that starts within this many milliseconds after the queue was left answered the visit. */
const MAX_CONNECTING = 10 * 60_000;

/** Lists the visits of queues in order, each with the leg that answered it. */
export function listVisits(session: Session, legs: readonly Leg[]): Visit[] {
  const entries = listEntries(session, legs);
  const free = new Set(legs);
  const answers = entries.map((entry, index) => takeAnswer(session, entry, entries[index + 1], free));
  return entries.map((entry, index) => {
    const leg = answers[index] ?? null;
    const exit = leg !== null ? 'answered' : findExit(session, entry, entries[index + 1], index === 0);
    const place = completePlace(session, entry);
    return {
      fact: describeVisit(session, { ...entry, place }, exit, index, leg),
      leg,
      transfer: entry.transfer,
      place,
    };
  });
}

/** The rows of queue visits have ids; other fields of the record have the names. */
const completePlace = ({ queue }: Session, { place, transfer }: Entry): QueuePlace =>
  choosePlace(place, queue, transfer === null ? NO_PLACE : readReceivingPlace(transfer.row));

/** Takes the leg that answered a visit: that of its agent, else the next one before the session enters another queue. */
function takeAnswer(session: Session, entry: Entry, next: Entry | undefined, free: Set<Leg>): Leg | null {
  if (entry.isAgentKnown && entry.agent === null) return null;
  const { entered, left, agent } = entry;
  const since = left ?? entered;
  const until = next?.entered ?? null;
  for (const leg of free) {
    if (agent !== null && leg.agent !== null && leg.agent !== agent) continue;
    if (!isWithin(leg.started, since, until)) continue;
    if (agent === null && !isNextAnswer(session, leg, since)) continue;
    free.delete(leg);
    return leg;
  }
  return null;
}

/** Without a named agent, the leg must follow the visit closely, and must not come from a transfer to an agent. */
function isNextAnswer({ transfers }: Session, { started, agent }: Leg, left: Instant | null): boolean {
  if (started !== null && left !== null && started.time > left.time + MAX_CONNECTING) return false;
  return !transfers.some(
    ({ target, row, receiver }) =>
      target === 'agent' &&
      !namesQueue(row) &&
      receiver !== null &&
      receiver.user === agent &&
      isSame(receiver.connected, started),
  );
}

function describeVisit(session: Session, entry: Entry, exit: VisitExit, index: number, leg: Leg | null): QueueVisit {
  const { id, place, lang, entered, left, wait, transfer, transferId, serviceLevel, source } = entry;
  return {
    visit_no: index + 1,
    is_first: index === 0,
    visit_id: id,
    queue_id: place.id,
    queue_path: place.path,
    queue_name: place.name,
    lang: lang ?? readText(session.record.lang),
    entered_at: entered?.text ?? null,
    left_at: left?.text ?? null,
    seconds: exit === 'open' && left === null ? null : toSeconds(wait),
    agent_id: leg?.agent ?? entry.agent,
    exit,
    origin: findOrigin(session, entry),
    cold: entry.cold ?? (transfer === null ? null : findCold(session, transfer)),
    transfer_id: transferId,
    service_level_event: serviceLevel,
    source,
  };
}

const isSame = (a: Instant, b: Instant | null): boolean => b !== null && Math.abs(a.time - b.time) < SKEW_TOLERANCE;
