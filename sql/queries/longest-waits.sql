-- In which queue and hour did callers wait longest?
--
-- Seconds from entering the queue until answered, or until the caller hung up. Hours are UTC. The twenty worst hours,
-- by their longest wait.
WITH waits AS (
  SELECT
    s.tenant,
    s.queue_name,
    date_trunc('hour', c.queued_at) AS hour,
    c.connected_at IS NULL AS abandoned,
    coalesce(s.queue_time, date_diff('millisecond', c.queued_at, c.ended_at) / 1e3) AS wait
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.family NOT IN ('internal', 'outbound')
    AND (s.queue_time IS NOT NULL OR c.connected_at IS NULL AND c.fail_reason = 'eu_abandoned')
)
SELECT
  tenant,
  queue_name,
  hour,
  count(*) AS calls,
  count(*) FILTER (WHERE abandoned) AS abandoned,
  round(max(wait), 1) AS longest_wait,
  round(avg(wait), 1) AS average_wait
FROM waits
WHERE wait >= 0
GROUP BY tenant, queue_name, hour
ORDER BY longest_wait DESC, tenant, queue_name, hour
LIMIT 20
