-- How many callers do not need to call again?
--
-- This is an estimate, because callers are not asked. An answered call counts as resolved if the same end user makes no
-- other inbound call within the given days after its end. Calls without a known end user do not count. If those days are
-- not over, a repeat may still come.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   days       whole          7         Days within which another call counts as a repeat.
WITH inbound AS (
  SELECT
    c.tenant,
    c.id,
    c.end_user_id,
    coalesce(s.queue_name, '(no queue)') AS queue_name,
    CAST(with_timezone(c.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    c.created_at,
    c.connected_at IS NOT NULL AS answered,
    lead(c.created_at) OVER (PARTITION BY c.tenant, c.end_user_id ORDER BY c.created_at, c.id) AS next_call_at,
    coalesce(c.ended_at, c.created_at) AS ended_at
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.tenant LIKE {{tenant}}
    -- repeats come after the period
    AND s.dt BETWEEN {{dt from-1}} AND '9999-12-31'
    AND s.family NOT IN ('internal', 'outbound', 'campaign')
    AND c.end_user_id IS NOT NULL
)
SELECT
  tenant,
  queue_name,
  count(*) AS answered,
  count(*) FILTER (WHERE next_call_at < date_add('day', {{days}}, ended_at)) AS repeated,
  round(
    100e0 * count(*) FILTER (WHERE next_call_at IS NULL OR next_call_at >= date_add('day', {{days}}, ended_at)) / count(*),
    1
  ) AS resolved_percent
FROM inbound
WHERE answered
  AND day BETWEEN {{from}} AND {{to}}
GROUP BY tenant, queue_name
ORDER BY resolved_percent, tenant, queue_name
