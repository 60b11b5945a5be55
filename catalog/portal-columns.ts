/**
 * How a value of a portal report is written and compared: `id` a number that identifies, `text` free text, `queue` names from the
 * root, `count`, `number`, `seconds`, `percent`, `time` in the report's zone, `utc` in UTC, `day`, `flag`, and `word` from a
 * vocabulary of the portal that is not documented.
 */
export type PortalKind =
  | 'id'
  | 'text'
  | 'queue'
  | 'count'
  | 'number'
  | 'seconds'
  | 'percent'
  | 'time'
  | 'utc'
  | 'day'
  | 'flag'
  | 'word';

/** A column of a report of the portal. */
export interface PortalColumn {
  /** Header in the portal's file. */
  readonly title: string;
  readonly kind: PortalKind;
  /** Other headers that mean the same. */
  readonly synonyms: readonly string[];
}

/** Columns by their names in the named query, in the order of the portal. */
export type PortalColumns = Readonly<Record<string, PortalColumn>>;

const of =
  (kind: PortalKind) =>
  (title: string, ...synonyms: readonly string[]): PortalColumn => ({ kind, title, synonyms });

export const id = of('id');
export const text = of('text');
export const count = of('count');
export const number = of('number');
export const seconds = of('seconds');
export const percent = of('percent');
export const flag = of('flag');
export const word = of('word');

export const QUEUE: PortalColumns = { queue: of('queue')('Queue', 'Queue Name', 'Queue Path', 'Menu', 'Menu Path') };

export const DATE: PortalColumns = { date: of('day')('Date', 'Day', 'Period') };

export const PERIOD: PortalColumns = {
  started_at: of('time')('Started At', 'Start Time', 'Start', 'Started', 'Start Date'),
  ended_at: of('time')('Ended At', 'End Time', 'End', 'Ended', 'End Date'),
};

export const STARTED_UTC: PortalColumns = {
  started_at: of('utc')('Started At', 'Start Time', 'Start', 'Voicemail Start'),
};

export const SCHEDULED: PortalColumns = { scheduled_at: of('time')('Scheduled At', 'Scheduled Time') };

export const AGENT: PortalColumns = {
  agent_name: text('Agent Name', 'Agent', 'Agent Full Name'),
  agent_id: id('Agent ID', 'Agent Id Number', 'User ID'),
  agent_email: text('Agent Email', 'Email', 'Agent E-mail'),
};

export const INTERACTION: PortalColumns = {
  interaction_id: id('Interaction ID'),
  session_id: id('Session ID', 'Call ID', 'Chat ID', 'Call/Chat ID'),
};

export const HANDLING: PortalColumns = {
  talk_time: seconds('Talk Time', 'Talk', 'Chat Time', 'Talk/Chat Time', 'Talk Duration'),
  hold_time: seconds('Hold Time', 'Hold', 'Hold Duration'),
  wrap_up_time: seconds('Wrap-up Time', 'Wrap-up', 'ACW Time', 'After Call Work', 'Wrap-up Duration'),
  handle_time: seconds('Handle Time', 'Handle', 'Handle Duration'),
};

/** Average and total of a time. */
export const totals = (name: string, title: string, ...others: readonly string[]): PortalColumns => ({
  [`total_${name}`]: seconds(`Total ${title}`, ...others.map((other) => `Total ${other}`)),
  [`avg_${name}`]: seconds(
    `Avg. ${title}`,
    ...[title, ...others].flatMap((other) => [`Average ${other}`, `Avg ${other}`, `Mean ${other}`]),
  ),
});
