-- How long do callers of each queue wait, as median and 80th, 90th and 95th percentile?
--
-- Seconds from entering the queue until answered. Callers who gave up do not count. Percentiles are exact (nearest
-- rank), so 90 of 100 waits are at most `p90`.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH ranked AS (
  SELECT
    tenant,
    queue_name,
    queue_time,
    row_number() OVER (PARTITION BY tenant, queue_name ORDER BY queue_time) AS place,
    count(*) OVER (PARTITION BY tenant, queue_name) AS calls
  FROM call_segments
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
    AND queue_time IS NOT NULL
)
SELECT
  tenant,
  queue_name,
  count(*) AS answered,
  round(min(queue_time) FILTER (WHERE place * 100 >= calls * 50), 1) AS p50,
  round(min(queue_time) FILTER (WHERE place * 100 >= calls * 80), 1) AS p80,
  round(min(queue_time) FILTER (WHERE place * 100 >= calls * 90), 1) AS p90,
  round(min(queue_time) FILTER (WHERE place * 100 >= calls * 95), 1) AS p95,
  round(max(queue_time), 1) AS longest
FROM ranked
GROUP BY tenant, queue_name
ORDER BY p90 DESC, tenant, queue_name
