-- In which queue and hour did callers wait longest?
--
-- Hours in which visits entered the queue, by the longest time in the queue, answered or abandoned. Times are in seconds.
-- Visits with another end are in `others`. `unknown_queue_times` are the answered and abandoned visits of unknown length.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for scheduled calls.
--   rows        whole           20        Maximum number of hours.
WITH {{part visits}},
{{part queue-names of=visits}},
hours AS (
  SELECT *, date_trunc('hour', entered) AS hour, exit IN ('answered', 'abandoned') AS waited
  FROM named
  WHERE CAST(entered AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue_id,
  queue,
  substr(CAST(hour AS varchar), 1, 16) AS hour,
  count(*) AS visits,
  count(*) FILTER (WHERE exit = 'answered') AS answered,
  count(*) FILTER (WHERE exit = 'abandoned') AS abandoned,
  count(*) FILTER (WHERE NOT waited) AS others,
  count(*) FILTER (WHERE waited AND milliseconds IS NULL) AS unknown_queue_times,
  round(max(milliseconds) FILTER (WHERE waited) / 1e3, 1) AS longest_queue_time,
  round(sum(milliseconds) FILTER (WHERE waited) / 1e3 / count(milliseconds) FILTER (WHERE waited), 1) AS average_queue_time
FROM hours
GROUP BY tenant, queue_id, queue, hour
HAVING max(milliseconds) FILTER (WHERE waited) IS NOT NULL
ORDER BY longest_queue_time DESC, tenant, queue, queue_id, hour
LIMIT {{rows}}
