-- How long does a call of each queue ring, how long is talked, and how long does the caller hold?
--
-- Average seconds over the calls with a handle time. All parts are averaged over the same calls, and a missing part counts
-- as 0, so that the parts can be stacked.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
SELECT
  tenant,
  coalesce(queue_name, '(no queue)') AS queue_name,
  count(*) AS calls,
  round(avg(coalesce(ring_time, 0)), 1) AS ring,
  round(avg(coalesce(talk_time, 0)), 1) AS talk,
  round(avg(coalesce(hold_time, 0)), 1) AS hold,
  round(avg(handle_time), 1) AS average_handle_time
FROM call_segments
WHERE tenant LIKE {{tenant}}
  AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  AND handle_time IS NOT NULL
GROUP BY tenant, coalesce(queue_name, '(no queue)')
ORDER BY calls DESC, tenant, queue_name
