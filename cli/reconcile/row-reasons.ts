import type { PortalReport } from '../../catalog/portal-report.ts';
import type { CellComparison } from './cell-comparison.ts';
import type { MatchedColumn } from './column-match.ts';
import type { DifferenceReason } from './difference-reason.ts';
import { type HereRow, readClock, type ThereRow } from './portal-rows.ts';
import { toDay } from './portal-times.ts';
import { parseId, parseSeconds } from './portal-values.ts';
import type { JoinedRow, RowJoin } from './row-join.ts';
import type { Context, SessionContext } from './session-context.ts';

/** The first and the last day of the report, YYYY-MM-DD. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

const QUARTER = 15 * 60_000;

/**
 * Explains why two cells of a row that happened differ.
 * @param shift milliseconds by which the clock of the export is ahead of that of the zone
 */
export function explainCell(
  { name, column: { kind } }: MatchedColumn,
  { verdict, there, here }: CellComparison,
  { there: theirs, here: ours }: JoinedRow,
  { sessions }: Context,
  shift: number,
): DifferenceReason {
  if (verdict === 'unreadable') return 'unreadable';
  const difference = there !== null && here !== null && (kind === 'time' || kind === 'utc') ? there - here : null;
  if (difference !== null && shift !== 0 && Math.abs(difference - shift) <= 1000) return 'zone';
  const session = sessions.get(String(ours.session_id));
  if (isOpen(ours, session)) return 'still_open';
  if (ours.is_cut === true && ['ended_at', 'duration'].includes(name)) return 'past_logout';
  if (difference !== null && isZone(difference)) return 'zone';
  if (name.startsWith('service_level') && ours.exit === 'abandoned') return 'abandon_in_service_level';
  if (name.startsWith('agent_') && (kind === 'id' || kind === 'text') && namesLastAgent(theirs, ours, session))
    return 'last_agent_only';
  if (name === 'read' && there === Number(ours.listened === true)) return 'listened';
  const choice = there === null ? null : explainLength(name, there, ours);
  if (choice !== null) return choice;
  if (ours.source === 'derived') return 'derived_source';
  return ours[name] === null && kind !== 'id' ? 'unknown_here' : 'unexplained';
}

/** Clocks of zones are apart by a multiple of a quarter of an hour. */
function isZone(difference: number): boolean {
  const apart = Math.abs(difference);
  return apart >= QUARTER - 1000 && apart <= 26 * 4 * QUARTER && (apart + 1000) % QUARTER <= 2000;
}

const isOpen = (
  { exit, event_status, event, interaction_outcome, is_open }: HereRow,
  session: SessionContext | undefined,
): boolean =>
  is_open === true ||
  [exit, event_status, event, interaction_outcome].includes('open') ||
  session?.outcome === 'open' ||
  session?.outcome === 'zombie';

const namesLastAgent = ({ texts }: ThereRow, { agent_id }: HereRow, session: SessionContext | undefined): boolean =>
  (session?.agent_legs ?? 0) > 1 &&
  session?.last_agent_id !== agent_id &&
  (texts.get('agent_id') === undefined || parseId(texts.get('agent_id') ?? '') === String(session?.last_agent_id));

/** Recognises the other meanings of a length. */
function explainLength(name: string, there: number, ours: HereRow): DifferenceReason | null {
  const read = (column: string) => Number(ours[column] ?? 0);
  const isAbout = (seconds: number) => Math.abs(there - seconds) <= 2;
  switch (name) {
    case 'queue_time':
      return typeof ours.seconds_until_connected === 'number' && isAbout(ours.seconds_until_connected)
        ? 'until_connected'
        : null;
    case 'talk_time':
      if (read('hold_time') > 0 && isAbout(read('talk_time') + read('hold_time'))) return 'hold_in_talk';
      return read('bcw_time') > 0 && isAbout(read('talk_time') + read('bcw_time')) ? 'before_call_in_talk' : null;
    case 'handle_time':
      if (read('hold_time') > 0 && isAbout(read('handle_time') + read('hold_time'))) return 'double_hold';
      if (read('wrap_up_time') === 0) return null;
      // before-call work is part of the handle time, too
      return [read('handle_time') - read('wrap_up_time'), read('talk_time') + read('hold_time')].some(isAbout)
        ? 'without_wrap_up'
        : null;
    default:
      return null;
  }
}

/** What is known of the rows of both sides. */
export interface Surroundings {
  /** Queue time of the shortest abandon that the export shows; null if it shows none. */
  readonly shortest: number | null;
  /** Ids of the sessions of which the export shows a row. */
  readonly shown: ReadonlySet<string>;
  readonly days: Days;
  /** Milliseconds by which the clock of the export is ahead of that of the zone. */
  readonly shift: number;
}

/** Explains why a row is only here. */
export function explainOnlyHere(
  row: HereRow,
  { subject }: PortalReport,
  { sessions }: Context,
  { shortest, shown, days, shift }: Surroundings,
): DifferenceReason {
  const session = sessions.get(String(row.session_id));
  if (isOpen(row, session)) return 'still_open';
  if (session?.is_voicemail === true && subject !== 'voicemail') return 'voicemail';
  if (row.exit === 'abandoned')
    return typeof row.queue_time === 'number' && (shortest === null || row.queue_time < shortest)
      ? 'short_abandon'
      : 'abandoned';
  if (isLaterAgent(row, session) && shown.has(String(row.session_id))) return 'last_agent_only';
  if (session?.is_internal === true) return 'internal';
  if (session?.is_campaign === true && subject !== 'campaign') return 'campaign';
  if (isLaterAgent(row, session)) return 'last_agent_only';
  const clock = readClock(row.started_at);
  if (shift !== 0 && clock !== null && !isWithin(clock + shift, days)) return 'zone';
  return row.source === 'derived' ? 'derived_source' : 'unexplained';
}

const isLaterAgent = (row: HereRow, session: SessionContext | undefined): boolean =>
  typeof row.leg_no === 'number' && (session?.agent_legs ?? 0) > 1 && session?.last_agent_id !== row.agent_id;

/** Whether a clock time is on one of the days. */
export const isWithin = (clock: number, { from, to }: Days): boolean => toDay(clock) >= from && toDay(clock) <= to;

/** Explains why a row is only in the export. */
export function explainOnlyThere(
  { texts }: ThereRow,
  { subject }: PortalReport,
  { sessions, interactions }: Context,
): DifferenceReason {
  const interaction = parseId(texts.get('interaction_id') ?? '');
  const stated = parseId(texts.get('session_id') ?? '');
  const id = stated ?? (interaction === null ? undefined : interactions.get(interaction));
  if (id === undefined) return interaction === null ? 'unexplained' : 'not_in_lake';
  const session = sessions.get(id);
  if (session === undefined) return 'not_in_lake';
  if (session.is_voicemail === true && subject !== 'voicemail') return 'voicemail';
  if (session.is_campaign !== true && subject === 'campaign') return 'scheduled_api';
  if (session.outcome === 'open' || session.outcome === 'zombie') return 'still_open';
  if (session.is_internal === true) return 'internal';
  if (session.is_campaign === true && subject !== 'campaign') return 'campaign';
  const isShown = subject === 'voicemail' ? session.is_voicemail === true : interactions.has(interaction ?? '');
  return isShown ? 'other_day' : 'unexplained';
}

/** The shortest queue time of an abandon that the export shows: shorter ones may be hidden. Null if it shows none. */
function findShortestAbandon(joined: readonly JoinedRow[]): number | null {
  const lengths = joined.flatMap(({ there, here }) => {
    if (here.exit !== 'abandoned') return [];
    const seconds = parseSeconds(there.texts.get('queue_time') ?? '') ?? here.queue_time;
    return typeof seconds === 'number' ? [seconds] : [];
  });
  return lengths.length === 0 ? null : Math.min(...lengths);
}

/** Reads what is known of the rows of both sides. */
export const readSurroundings = ({ joined, shift }: RowJoin, days: Days): Surroundings => ({
  shortest: findShortestAbandon(joined),
  shown: new Set(joined.map(({ here }) => String(here.session_id))),
  days,
  shift,
});
