-- How busy is each agent over the whole period?
--
-- As in `occupancy`: the hours In-call, In-chat and in Wrap-up as a share of these hours and the hours Available. Only the
-- part of a status inside the period counts, and only statuses that have ended.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH statuses AS (
  SELECT
    tenant,
    agent_id,
    status_id,
    date_diff(
      'millisecond',
      greatest(started_at, CAST(with_timezone(CAST({{from}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))),
      least(
        ended_at,
        CAST(with_timezone(date_add('day', 1, CAST({{to}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))
      )
    ) / 3.6e6 AS hours
  FROM agent_status_history
  WHERE tenant LIKE {{tenant}}
    -- a status that started up to a week before may last into the period
    AND dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND activity = 'user_status_changed'
    -- system statuses have fixed ids, but their names may be translated: 0 Available, -6 Wrap-up, -7 In-call, -8 In-chat
    AND status_id IN (0, -6, -7, -8)
)
SELECT
  s.tenant,
  s.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  round(coalesce(sum(s.hours) FILTER (WHERE s.status_id = -7), 0), 2) AS call_hours,
  round(coalesce(sum(s.hours) FILTER (WHERE s.status_id = -8), 0), 2) AS chat_hours,
  round(coalesce(sum(s.hours) FILTER (WHERE s.status_id = -6), 0), 2) AS wrap_up_hours,
  round(coalesce(sum(s.hours) FILTER (WHERE s.status_id = 0), 0), 2) AS available_hours,
  round(100e0 * coalesce(sum(s.hours) FILTER (WHERE s.status_id <> 0), 0) / sum(s.hours), 1) AS occupancy_percent
FROM statuses AS s
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.agent_id
WHERE s.hours > 0
GROUP BY s.tenant, s.agent_id, a.first_name, a.last_name
ORDER BY occupancy_percent DESC, s.tenant, s.agent_id
