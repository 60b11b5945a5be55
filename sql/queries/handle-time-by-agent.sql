-- How long does each agent handle a call on average, and how is that time divided?
--
-- Times are in seconds. A call belongs to the last agent who handled it. Calls without a handle time (never answered, or
-- not over) do not count. `calls` is the number of calls in the average.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
SELECT
  s.tenant,
  s.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  count(*) AS calls,
  round(avg(s.handle_time), 1) AS average_handle_time,
  round(avg(s.talk_time), 1) AS average_talk_time,
  round(avg(s.hold_time), 1) AS average_hold_time,
  round(avg(s.ring_time), 1) AS average_ring_time
FROM call_segments AS s
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.agent_id
WHERE s.tenant LIKE {{tenant}}
  AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(s.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  AND s.handle_time IS NOT NULL
  AND s.agent_id IS NOT NULL
GROUP BY s.tenant, s.agent_id, a.first_name, a.last_name
ORDER BY average_handle_time DESC, s.tenant, s.agent_id
