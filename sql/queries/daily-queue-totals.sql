-- How many calls does each queue have a day, how long are they handled, and how many callers are answered in time?
--
-- The same totals as the table `daily_queue_totals`, which the example function keeps. Times are in seconds. Answered calls
-- were answered from the queue. Abandoned calls ended in the queue because the caller hung up. Calls in time were answered
-- within the target. Rates are from 0 to 1, as shares of answered and abandoned calls. Days are UTC.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   target     whole          20        Seconds within which a caller should be answered.
WITH calls AS (
  SELECT
    tenant,
    queue_id,
    dt,
    -- exact decimals, so that a sum does not depend on the order of its parts
    CAST(handle_time AS decimal(18, 3)) AS handle_time,
    queue_time,
    regexp_like(
      segments,
      '"kind":"queue"[^}]*"outcome":"abandoned"|"outcome":"abandoned"[^}]*"kind":"queue"'
    ) AS abandoned
  FROM call_segments
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
    AND queue_id IS NOT NULL
)
SELECT
  tenant,
  queue_id,
  dt AS day,
  count(*) AS calls,
  count(handle_time) AS handled,
  coalesce(CAST(sum(handle_time) AS double), 0e0) AS handle_seconds,
  round(CAST(sum(handle_time) AS double) / nullif(count(handle_time), 0), 4) AS average_handle_time,
  count(queue_time) AS answered,
  count(*) FILTER (WHERE abandoned) AS abandoned,
  round(
    count(*) FILTER (WHERE abandoned) * 1e0
      / nullif(count(queue_time) + count(*) FILTER (WHERE abandoned), 0),
    4
  ) AS abandon_rate,
  count(*) FILTER (WHERE queue_time <= {{target}}) AS answered_in_time,
  round(
    count(*) FILTER (WHERE queue_time <= {{target}}) * 1e0
      / nullif(count(queue_time) + count(*) FILTER (WHERE abandoned), 0),
    4
  ) AS service_level
FROM calls
GROUP BY tenant, queue_id, dt
ORDER BY tenant, queue_id, day
