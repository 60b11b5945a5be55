-- How many callers are answered within the target, and how many give up, day by day over all queues?
--
-- As in `service-level`, a call counts in the queue where it was answered or abandoned, on the day when it entered the
-- queue.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   target     whole          20        Seconds within which a caller should be answered.
WITH queued AS (
  SELECT
    s.tenant,
    CAST(with_timezone(c.queued_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    s.queue_time,
    c.connected_at IS NOT NULL AS answered,
    c.connected_at IS NULL
      AND c.fail_reason = 'eu_abandoned'
      AND (c.ended_at IS NOT NULL OR c.status = 'failed') AS abandoned
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
  day,
  count(*) AS calls,
  count(*) FILTER (WHERE answered) AS answered,
  count(*) FILTER (WHERE abandoned) AS abandoned,
  count(*) FILTER (WHERE answered AND queue_time IS NULL) AS unknown_waits,
  round(
    100e0 * count(*) FILTER (WHERE answered AND queue_time <= {{target}})
      / nullif(count(*) FILTER (WHERE abandoned OR queue_time IS NOT NULL), 0),
    1
  ) AS service_level_percent,
  round(100e0 * count(*) FILTER (WHERE abandoned) / count(*), 1) AS abandon_percent,
  round(avg(queue_time), 1) AS average_wait
FROM queued
WHERE (answered OR abandoned)
  AND day BETWEEN {{from}} AND {{to}}
GROUP BY tenant, day
ORDER BY tenant, day
