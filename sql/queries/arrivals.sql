-- On which weekdays and at which hours do callers arrive, and how long do they wait then?
--
-- Callers by the hour in which they entered a queue. Weekday 1 is Monday. `days` counts the days with a caller in this
-- hour. Waits are in seconds, from entering the queue until the call was answered or the caller hung up.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH waits AS (
  SELECT
    s.tenant,
    CAST(with_timezone(c.queued_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS queued_at,
    -- the wait of an answered call is not known if its times contradict each other
    coalesce(
      s.queue_time,
      CASE WHEN c.connected_at IS NULL THEN date_diff('millisecond', c.queued_at, c.ended_at) / 1e3 END
    ) AS wait
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.tenant LIKE {{tenant}}
    -- a scheduled call is created days before it enters the queue
    AND s.dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND s.family NOT IN ('internal', 'outbound')
    AND c.queued_at IS NOT NULL
)
SELECT
  tenant,
  day_of_week(queued_at) AS weekday,
  hour(queued_at) AS hour,
  count(*) AS calls,
  count(DISTINCT CAST(queued_at AS date)) AS days,
  round(avg(wait) FILTER (WHERE wait >= 0), 1) AS average_wait,
  round(max(wait) FILTER (WHERE wait >= 0), 1) AS longest_wait
FROM waits
WHERE CAST(queued_at AS date) BETWEEN {{from}} AND {{to}}
GROUP BY tenant, day_of_week(queued_at), hour(queued_at)
ORDER BY tenant, weekday, hour
