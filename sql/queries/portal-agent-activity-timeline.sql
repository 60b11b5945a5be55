-- What did each agent do, change by change, as the portal's report Agent Activity - Timeline lists it?
--
-- One row for each status and each notification. A status is on the day on which it began. `duration` is in seconds, null
-- for a notification. `whodunnit_id` is the agent or manager who caused it.
--
-- Parameters:
--   tenant  pattern  %         Tenants. % matches any text.
--   from    date     today-29  First day.
--   to      date     today     Last day.
--   zone    zone     UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
WITH activity AS (
  SELECT
    tenant,
    agent_id,
    id,
    status_name AS activity,
    started_at,
    if(is_open, NULL, ended_at) AS ended_at,
    if(is_open, NULL, seconds) AS seconds,
    call_id,
    chat_id,
    whodunnit_id,
    'status' AS kind,
    is_open,
    is_cut
  FROM status_interval
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  UNION ALL
  SELECT
    tenant,
    agent_id,
    id,
    activity,
    happened_at AS started_at,
    NULL AS ended_at,
    NULL AS seconds,
    call_id,
    chat_id,
    whodunnit_id,
    'event' AS kind,
    false AS is_open,
    false AS is_cut
  FROM agent_event
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
)
SELECT
  t.tenant,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  t.agent_id,
  a.email AS agent_email,
  t.activity,
  substr(CAST(CAST(with_timezone(t.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS started_at,
  substr(CAST(CAST(with_timezone(t.ended_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS ended_at,
  t.seconds AS duration,
  t.call_id,
  t.chat_id,
  t.whodunnit_id,
  t.kind,
  t.is_open,
  t.is_cut,
  t.id AS activity_id
FROM activity AS t
LEFT JOIN agent AS a ON a.tenant = t.tenant AND a.id = t.agent_id
WHERE CAST(CAST(with_timezone(t.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
ORDER BY t.tenant, t.agent_id, t.started_at, t.id
