-- In which queue and hour did callers wait longest?
--
-- Seconds from entering the queue until the call was answered or the caller hung up. The hours with the longest waits come
-- first.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   rows       whole          20        Maximum number of hours.
WITH waits AS (
  SELECT
    s.tenant,
    s.queue_name,
    CAST(with_timezone(c.queued_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS queued_at,
    c.connected_at IS NULL AS abandoned,
    coalesce(s.queue_time, date_diff('millisecond', c.queued_at, c.ended_at) / 1e3) AS wait
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.tenant LIKE {{tenant}}
    -- a scheduled call is created days before it enters the queue
    AND s.dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND s.family NOT IN ('internal', 'outbound')
    AND (s.queue_time IS NOT NULL OR c.connected_at IS NULL AND c.fail_reason = 'eu_abandoned')
)
SELECT
  tenant,
  queue_name,
  substr(CAST(date_trunc('hour', queued_at) AS varchar), 1, 16) AS hour,
  count(*) AS calls,
  count(*) FILTER (WHERE abandoned) AS abandoned,
  round(max(wait), 1) AS longest_wait,
  round(avg(wait), 1) AS average_wait
FROM waits
WHERE wait >= 0
  AND CAST(queued_at AS date) BETWEEN {{from}} AND {{to}}
GROUP BY tenant, queue_name, date_trunc('hour', queued_at)
ORDER BY longest_wait DESC, tenant, queue_name, hour
LIMIT {{rows}}
