-- How many callers does each queue answer within 20 seconds, and how many give up, day by day?
--
-- A call counts where it was answered or abandoned, once it is over or answered. Abandoned: over, queued, never
-- connected, and the caller hung up. Service level: answered within 20 seconds of entering the queue, of all that count.
-- Days are UTC.
WITH queued AS (
  SELECT
    s.tenant,
    s.dt,
    s.queue_name,
    s.queue_time,
    c.connected_at IS NOT NULL AS answered,
    c.connected_at IS NULL
      AND c.fail_reason = 'eu_abandoned'
      AND (c.ended_at IS NOT NULL OR c.status = 'failed') AS abandoned
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE c.queued_at IS NOT NULL
    AND s.family NOT IN ('internal', 'outbound')
)
SELECT
  tenant,
  queue_name,
  dt AS day,
  count(*) AS calls,
  count(*) FILTER (WHERE answered) AS answered,
  count(*) FILTER (WHERE abandoned) AS abandoned,
  round(100e0 * count(*) FILTER (WHERE answered AND queue_time <= 20) / count(*), 1) AS service_level_percent,
  round(100e0 * count(*) FILTER (WHERE abandoned) / count(*), 1) AS abandon_percent
FROM queued
WHERE answered OR abandoned
GROUP BY tenant, queue_name, dt
ORDER BY tenant, queue_name, dt
