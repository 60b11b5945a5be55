import {
  ACTIVITY_ENDINGS,
  AGENT_EVENTS,
  KINDS_OF_STATUSES,
  LOGOUT,
  STATUS_CHANGED,
  STATUS_KINDS,
} from '../../catalog/agent-events.ts';
import { defineView, ORIGIN_ITEMS, PARTITION_ITEMS, plainItem, type SelectItem, type View } from '../views/view.ts';

const ORIGIN: readonly SelectItem[] = ORIGIN_ITEMS.map((item) => ({ ...item, expression: item.name }));

const CAUSE_ITEMS: readonly SelectItem[] = [
  plainItem('call_id', 'bigint', 'The call that caused it.'),
  plainItem('chat_id', 'bigint', 'The chat that caused it.'),
  plainItem('whodunnit_id', 'bigint', 'The agent or manager who caused it.'),
];

/**
 * Creates the view of the time that agents spent in each status, one row per status. An interval ends with the row's own end, the
 * next status or the logout, whichever is first, so that no second counts twice. An open one lasts until it was read.
 *
 * To find the next status of the last one of a day, the rows of the following day are read, too. A filter on `dt` reads two days.
 */
export function createStatusIntervalView(): View {
  const items = [
    ...PARTITION_ITEMS,
    plainItem('agent_id', 'bigint', 'The agent.'),
    plainItem('id', 'bigint', 'The row in `agent_status_history`.'),
    plainItem('status_id', 'bigint', 'Status; 0 is Available, system statuses are negative.'),
    plainItem('status_name', 'varchar', 'Name of the status; names are not unique and may be translated.'),
    plainItem('status_kind', 'varchar', `Kind of the status: ${STATUS_KINDS.map((kind) => `\`${kind}\``).join(', ')}.`),
    plainItem('started_at', 'timestamp', 'Start (UTC).'),
    plainItem('ended_at', 'timestamp', 'End (UTC); of an open interval, when it was read.'),
    plainItem('stated_ended_at', 'timestamp', 'End as the API sent it (UTC).'),
    plainItem('seconds', 'double', 'Length.'),
    plainItem('is_open', 'boolean', 'It lasted when it was read.'),
    plainItem('is_cut', 'boolean', 'The API let it run past the next status or the logout.'),
    ...CAUSE_ITEMS,
    ...ORIGIN,
  ];
  return defineView(
    'status_interval',
    'Every stretch of time that an agent was in a status, without overlaps.',
    items,
    INTERVALS,
  );
}

const COLUMNS = `agent_id,
        id,
        activity,
        status_id,
        status_name,
        started_at,
        ended_at AS stated_ended_at,
        call_id,
        chat_id,
        whodunnit_id,
        extracted_at,
        batch`;

const IS_RELEVANT = `activity IN ('${STATUS_CHANGED}', '${LOGOUT}')`;

const FOLLOWING =
  'PARTITION BY tenant, dt, agent_id ORDER BY started_at, id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING';

const STATUS_KIND = `CASE status_id ${KINDS_OF_STATUSES.map(([id, kind]) => `WHEN ${id} THEN '${kind}'`).join(' ')} ELSE 'other' END`;

const INTERVALS = `(
  SELECT
    *,
    ${STATUS_KIND} AS status_kind,
    date_diff('millisecond', started_at, ended_at) / 1e3 AS seconds
  FROM (
    SELECT
      *,
      stated_ended_at IS NULL AND next_at IS NULL AS is_open,
      coalesce(stated_ended_at > next_at, false) AS is_cut,
      greatest(
        started_at,
        least(coalesce(stated_ended_at, next_at, extracted_at), coalesce(next_at, stated_ended_at, extracted_at))
      ) AS ended_at
    FROM (
      SELECT
        *,
        min(started_at) OVER (${FOLLOWING}) AS next_at
      FROM (
        SELECT
        tenant,
        dt,
        true AS is_own,
        ${COLUMNS}
        FROM agent_status_history
        WHERE ${IS_RELEVANT}
        UNION ALL
        SELECT
        tenant,
        substr(CAST(date_add('day', -1, CAST(dt AS date)) AS varchar), 1, 10) AS dt,
        false AS is_own,
        ${COLUMNS}
        FROM agent_status_history
        WHERE ${IS_RELEVANT}
      ) AS changes
    ) AS followed
    WHERE is_own
      AND activity = '${STATUS_CHANGED}'
  ) AS ended
) AS intervals`;

/** Creates the view of everything else in the activity logs: points in time. */
export function createAgentEventView(): View {
  const items = [
    ...PARTITION_ITEMS,
    plainItem('agent_id', 'bigint', 'The agent.'),
    plainItem('id', 'bigint', 'The row in `agent_status_history`.'),
    plainItem('happened_at', 'timestamp', 'When it happened (UTC).'),
    plainItem('event', 'varchar', `What happened: ${AGENT_EVENTS.map((event) => `\`${event}\``).join(', ')}.`),
    plainItem('channel', 'varchar', '`call` or `chat`; null if it has neither.'),
    plainItem('casting', 'varchar', 'How it was offered: `deltacast`, `multicast` or null.'),
    plainItem('activity', 'varchar', 'Activity as the API sent it.'),
    ...CAUSE_ITEMS,
    ...ORIGIN,
  ];
  const endings = ACTIVITY_ENDINGS.map(([ending, event]) => `      WHEN activity LIKE '%${ending}' THEN '${event}'`);
  const from = `(
  SELECT
    *,
    started_at AS happened_at,
    CASE
${endings.join('\n')}
      ELSE 'other'
    END AS event,
    CASE WHEN call_id IS NOT NULL THEN 'call' WHEN chat_id IS NOT NULL THEN 'chat' END AS channel,
    CASE WHEN activity LIKE 'deltacast%' THEN 'deltacast' WHEN activity LIKE 'multicast%' THEN 'multicast' END AS casting
  FROM agent_status_history
  WHERE activity <> '${STATUS_CHANGED}'
) AS events`;
  return defineView('agent_event', 'Every notification, login and logout of an agent.', items, from);
}
