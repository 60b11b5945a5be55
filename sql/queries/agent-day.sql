-- What did an agent do on a day, from hour to hour?
--
-- The statuses in order, each with its length in minutes and the call or chat that caused it. An open status has no end.
-- Notifications are left out, because they are points in time.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   day        date           today     The day.
--   zone       zone           UTC       Time zone of the day, e.g. Europe/Berlin.
--   agent      whole          0         Id of the agent. 0 shows all agents.
WITH statuses AS (
  SELECT
    tenant,
    agent_id,
    id,
    status_name,
    CAST(with_timezone(started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS local_start,
    CAST(with_timezone(ended_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS local_end,
    date_diff('millisecond', started_at, ended_at) / 6e4 AS minutes,
    call_id,
    chat_id
  FROM agent_status_history
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt day-1}} AND {{dt day+1}}
    AND activity = 'user_status_changed'
    AND {{agent}} IN (0, agent_id)
)
SELECT
  s.tenant,
  s.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  substr(CAST(s.local_start AS varchar), 12, 8) AS starts,
  substr(CAST(s.local_end AS varchar), 12, 8) AS ends,
  s.status_name,
  round(s.minutes, 1) AS minutes,
  s.call_id,
  s.chat_id
FROM statuses AS s
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.agent_id
WHERE CAST(s.local_start AS date) = {{day}}
ORDER BY s.tenant, s.agent_id, s.local_start, s.id
