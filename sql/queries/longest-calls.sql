-- Which calls took longest to handle?
--
-- Seconds from connected to ended, and their parts.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   rows       whole          20        Maximum number of calls.
SELECT
  s.tenant,
  s.call_id,
  substr(CAST(CAST(with_timezone(s.created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS created_at,
  s.call_type,
  s.queue_name,
  s.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  s.handle_time,
  s.talk_time,
  s.hold_time,
  s.conference_time
FROM call_segments AS s
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.agent_id
WHERE s.tenant LIKE {{tenant}}
  AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(s.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  AND s.handle_time IS NOT NULL
ORDER BY s.handle_time DESC, s.tenant, s.call_id
LIMIT {{rows}}
