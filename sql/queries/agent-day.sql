-- What did an agent do on a day, from hour to hour?
--
-- The statuses in order, each with its length in minutes and the call or chat that caused it. A status that began the day before
-- starts at midnight, and one that lasts into the next day ends at 24:00. An open status has no end.
-- Notifications are left out, because they are points in time.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   day        date           today     The day.
--   zone       zone           UTC       Time zone of the day, e.g. Europe/Berlin.
--   agent      whole          0         Id of the agent. 0 shows all agents.
WITH bounds AS (
  SELECT
    CAST(with_timezone(CAST({{day}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3)) AS day_start,
    CAST(with_timezone(date_add('day', 1, CAST({{day}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3)) AS day_end
),
statuses AS (
  SELECT
    tenant,
    agent_id,
    id,
    status_name,
    started_at,
    -- a status without an end lasts until the next one, if there is one
    coalesce(ended_at, lead(started_at) OVER (PARTITION BY tenant, agent_id ORDER BY started_at, id)) AS ended_at,
    call_id,
    chat_id
  FROM agent_status_history
  WHERE tenant LIKE {{tenant}}
    -- a status that started up to a week before may last into the day
    AND dt BETWEEN {{dt day-7}} AND {{dt day+1}}
    AND activity = 'user_status_changed'
    AND {{agent}} IN (0, agent_id)
),
parts AS (
  SELECT
    s.*,
    greatest(s.started_at, b.day_start) AS part_start,
    least(s.ended_at, b.day_end) AS part_end,
    s.ended_at > b.day_end AS is_cut
  FROM statuses AS s
  CROSS JOIN bounds AS b
  WHERE s.started_at < b.day_end
    AND (s.started_at >= b.day_start OR s.ended_at > b.day_start)
)
SELECT
  p.tenant,
  p.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  substr(CAST(CAST(with_timezone(p.part_start, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 12, 8) AS starts,
  CASE
    WHEN p.is_cut THEN '24:00:00'
    ELSE substr(CAST(CAST(with_timezone(p.part_end, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 12, 8)
  END AS ends,
  p.status_name,
  round(date_diff('millisecond', p.part_start, p.part_end) / 6e4, 1) AS minutes,
  p.call_id,
  p.chat_id
FROM parts AS p
LEFT JOIN agent AS a ON a.tenant = p.tenant AND a.id = p.agent_id
ORDER BY p.tenant, p.agent_id, p.part_start, p.id
