/** Why a row or a value is in the export and not here, or the other way round, with what to do. */
export const DIFFERENCE_REASONS = {
  zone: 'the times of the export are those of another zone: give it with --zone',
  other_day: 'the portal dates the row by another day',
  voicemail: 'the caller reached voicemail, which the report leaves out',
  short_abandon: 'the caller gave up quickly: a setting hides short abandons (C1, C3)',
  abandoned: 'the caller gave up in the queue',
  abandon_in_service_level: 'whether an abandon counts in the service level is a setting (C13)',
  until_connected: 'the portal measures until connected, we until assigned: --param speed_until=connected (C5)',
  hold_in_talk: 'talk has the hold in it: --param talk=with_hold (C6)',
  double_hold: 'handle time has the hold twice: --param handle=double_hold (C6)',
  without_wrap_up: 'handle time lacks the wrap-up: --param handle=hold (C6)',
  before_call_in_talk: 'talk has the before-call work in it: --param mode=predictive (C14)',
  last_agent_only: 'the session counts for its last agent only',
  menu_abandon: 'callers who left in the menu count in the volume: --param menu_abandons=in (C2)',
  listened: 'a voicemail is read when it is listened to: --param read=listened (C9)',
  busy_and_available: 'occupancy is a share of busy and available time: --param occupancy=total (C8)',
  past_logout: 'the status ran on after the next status or the logout, as it did until 2026-03-24',
  still_open: 'the session was not over when it was read last',
  internal: 'a session between agents',
  campaign: 'a session of a campaign',
  scheduled_api: 'calls of the type Voice Scheduled (API) are of campaigns: --param campaigns=with_scheduled_api (C16)',
  derived_source: 'the API does not list it, so it was computed from other fields',
  unknown_here: 'the API does not give the value',
  not_in_lake: 'the lake does not have the session: run ccaip run, or ccaip backfill for the period',
  unreadable: 'the value of the export cannot be read as what the column is',
  unexplained: 'the facts give no reason',
} as const;

export type DifferenceReason = keyof typeof DIFFERENCE_REASONS;

/** Rows with one reason, with the first few as examples. */
export interface ReasonCount {
  readonly reason: DifferenceReason;
  readonly rows: number;
  readonly examples: readonly DifferenceExample[];
}

/** One row as an example. */
export interface DifferenceExample {
  /** What identifies the row, e.g. `interaction 1042`. */
  readonly id: string;
  /** Text in the export; null if the row or value is missing there. */
  readonly there: string | null;
  readonly here: string | null;
}

const MAX_EXAMPLES = 3;

/** Counts rows by reason, most frequent first. */
export function countReasons(
  rows: readonly (DifferenceExample & { readonly reason: DifferenceReason })[],
): readonly ReasonCount[] {
  return [...Map.groupBy(rows, ({ reason }) => reason)]
    .map(([reason, group]) => ({
      reason,
      rows: group.length,
      examples: group.slice(0, MAX_EXAMPLES).map(({ id, there, here }) => ({ id, there, here })),
    }))
    .toSorted((a, b) => b.rows - a.rows);
}
