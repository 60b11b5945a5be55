-- Why do calls fail or get given up, and how long did that take?
--
-- Calls that are over and were never answered, by queue and reason. Times are in seconds: from the start of the call to its
-- end, and from entering the queue to the end for queued calls.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
SELECT
  tenant,
  coalesce(queue_name, '(no queue)') AS queue_name,
  coalesce(fail_reason, 'nothing') AS fail_reason,
  coalesce(deflection, 'no_deflection') AS deflection,
  count(*) AS calls,
  round(avg(date_diff('millisecond', created_at, ended_at)) / 1e3, 1) AS average_seconds,
  round(avg(date_diff('millisecond', queued_at, ended_at)) / 1e3, 1) AS average_queue_seconds
FROM call
WHERE tenant LIKE {{tenant}}
  AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  AND connected_at IS NULL
  AND (ended_at IS NOT NULL OR status IN ('failed', 'deflected'))
GROUP BY tenant, coalesce(queue_name, '(no queue)'), coalesce(fail_reason, 'nothing'), coalesce(deflection, 'no_deflection')
ORDER BY calls DESC, tenant, queue_name, fail_reason, deflection
