-- How long was each agent in which status, as the portal's report Agent Activity - Summary adds it up?
--
-- One row for each agent. Times are in seconds, and only the part inside the period counts. Statuses are told apart by id.
-- `other_statuses` is the time in all statuses that have no column here, such as those of the company. `login_time` is the
-- time in all statuses but Offline. `login_time` and `offline` together are all known time. `cut_statuses` counts those that
-- the API let run past the next status or the logout. Offers and pick-ups are those that the activity log names.
--
-- Parameters:
--   tenant  pattern  %         Tenants. % matches any text.
--   from    date     today-29  First day.
--   to      date     today     Last day.
--   zone    zone     UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
WITH statuses AS (
  SELECT
    tenant,
    agent_id,
    status_kind,
    date_diff(
      'millisecond',
      greatest(started_at, CAST(with_timezone(CAST({{from}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))),
      least(ended_at, CAST(with_timezone(date_add('day', 1, CAST({{to}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3)))
    ) / 1e3 AS seconds,
    is_open,
    is_cut
  FROM status_interval
  WHERE tenant LIKE {{tenant}}
    -- a status that started up to a week before may last into the period
    AND dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND ended_at > CAST(with_timezone(CAST({{from}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))
    AND started_at < CAST(with_timezone(date_add('day', 1, CAST({{to}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))
),
times AS (
  SELECT
    tenant,
    agent_id,
    sum(seconds) FILTER (WHERE status_kind <> 'offline') AS login_time,
    sum(seconds) FILTER (WHERE status_kind = 'available') AS available,
    sum(seconds) FILTER (WHERE status_kind = 'unavailable') AS unavailable,
    sum(seconds) FILTER (WHERE status_kind = 'break') AS break,
    sum(seconds) FILTER (WHERE status_kind = 'special_task') AS special_task,
    sum(seconds) FILTER (WHERE status_kind = 'meal') AS meal,
    sum(seconds) FILTER (WHERE status_kind = 'missed_call') AS missed_call,
    sum(seconds) FILTER (WHERE status_kind = 'wrap_up') AS wrap_up,
    sum(seconds) FILTER (WHERE status_kind = 'in_call') AS in_call,
    sum(seconds) FILTER (WHERE status_kind = 'in_chat') AS in_chat,
    sum(seconds) FILTER (WHERE status_kind = 'offline') AS offline,
    sum(seconds) FILTER (WHERE status_kind = 'other') AS other_statuses,
    count(*) FILTER (WHERE is_open) AS open_statuses,
    count(*) FILTER (WHERE is_cut) AS cut_statuses
  FROM statuses
  GROUP BY tenant, agent_id
),
events AS (
  SELECT
    tenant,
    agent_id,
    count(*) FILTER (WHERE event = 'offered' AND channel = 'call') AS calls_offered,
    count(*) FILTER (WHERE event = 'attempted' AND channel = 'call') AS calls_attempted,
    count(*) FILTER (WHERE event = 'picked_up' AND channel = 'call') AS calls_picked_up,
    count(*) FILTER (WHERE event = 'missed' AND channel = 'call') AS calls_missed,
    count(*) FILTER (WHERE event = 'dialled' AND channel = 'call') AS calls_dialled,
    count(*) FILTER (WHERE event = 'offered' AND channel = 'chat') AS chats_offered,
    count(*) FILTER (WHERE event = 'attempted' AND channel = 'chat') AS chats_attempted,
    count(*) FILTER (WHERE event = 'picked_up' AND channel = 'chat') AS chats_picked_up,
    count(*) FILTER (WHERE event = 'missed' AND channel = 'chat') AS chats_missed
  FROM agent_event
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(CAST(with_timezone(happened_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
  GROUP BY tenant, agent_id
)
SELECT
  coalesce(s.tenant, e.tenant) AS tenant,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  coalesce(s.agent_id, e.agent_id) AS agent_id,
  a.email AS agent_email,
  round(coalesce(s.login_time, 0), 1) AS login_time,
  round(coalesce(s.available, 0), 1) AS available,
  round(coalesce(s.unavailable, 0), 1) AS unavailable,
  round(coalesce(s.break, 0), 1) AS break,
  round(coalesce(s.special_task, 0), 1) AS special_task,
  round(coalesce(s.meal, 0), 1) AS meal,
  round(coalesce(s.missed_call, 0), 1) AS missed_call,
  round(coalesce(s.wrap_up, 0), 1) AS wrap_up,
  round(coalesce(s.in_call, 0), 1) AS in_call,
  round(coalesce(s.in_chat, 0), 1) AS in_chat,
  round(coalesce(s.offline, 0), 1) AS offline,
  round(coalesce(s.other_statuses, 0), 1) AS other_statuses,
  coalesce(e.calls_offered, 0) AS calls_offered,
  coalesce(e.calls_attempted, 0) AS calls_attempted,
  coalesce(e.calls_picked_up, 0) AS calls_picked_up,
  coalesce(e.calls_missed, 0) AS calls_missed,
  coalesce(e.calls_dialled, 0) AS calls_dialled,
  coalesce(e.chats_offered, 0) AS chats_offered,
  coalesce(e.chats_attempted, 0) AS chats_attempted,
  coalesce(e.chats_picked_up, 0) AS chats_picked_up,
  coalesce(e.chats_missed, 0) AS chats_missed,
  coalesce(s.open_statuses, 0) AS open_statuses,
  coalesce(s.cut_statuses, 0) AS cut_statuses
FROM times AS s
FULL JOIN events AS e ON e.tenant = s.tenant AND e.agent_id = s.agent_id
LEFT JOIN agent AS a ON a.tenant = coalesce(s.tenant, e.tenant) AND a.id = coalesce(s.agent_id, e.agent_id)
ORDER BY tenant, agent_id
