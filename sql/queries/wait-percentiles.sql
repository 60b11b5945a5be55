-- How long do callers of each queue wait, as median and 80th, 90th and 95th percentile?
--
-- Seconds of answered visits from entering the queue. Visits whose wait is not known are in `unknown_waits`. Percentiles are
-- exact (nearest rank), so 90 of 100 waits are at most `p90`. Visits with another end than an answer do not count.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for scheduled calls.
WITH {{part visits}},
{{part queue-names of=visits}},
answers AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY tenant, queue_id, queue ORDER BY milliseconds NULLS LAST) AS place,
    count(milliseconds) OVER (PARTITION BY tenant, queue_id, queue) AS known
  FROM named
  WHERE CAST(entered AS date) BETWEEN {{from}} AND {{to}}
    AND exit = 'answered'
)
SELECT
  tenant,
  queue_id,
  queue,
  count(*) AS answered,
  {{part waits}},
  round(min(milliseconds) FILTER (WHERE place * 100 >= known * 50) / 1e3, 1) AS p50,
  round(min(milliseconds) FILTER (WHERE place * 100 >= known * 80) / 1e3, 1) AS p80,
  round(min(milliseconds) FILTER (WHERE place * 100 >= known * 90) / 1e3, 1) AS p90,
  round(min(milliseconds) FILTER (WHERE place * 100 >= known * 95) / 1e3, 1) AS p95
FROM answers
GROUP BY tenant, queue_id, queue
ORDER BY p90 DESC NULLS LAST, tenant, queue, queue_id
