-- How many callers does each queue answer within the target, and how many give up, interval by interval?
--
-- A call counts in the queue where it was answered or abandoned, as soon as it is answered or over. It counts in the
-- interval in which it entered the queue. Abandoned calls were queued and never connected, and the caller hung up. The
-- service level is the share of these calls that were answered within the target after entering the queue. A call whose
-- wait is not known is neither in time nor late, so it is left out of the share. Intervals follow the clock of the time zone.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   interval   15|30|60|1440  30        Length of an interval in minutes. 1440 is a day.
--   target     whole          20        Seconds within which a caller should be answered.
WITH queued AS (
  SELECT
    s.tenant,
    s.queue_name,
    CAST(with_timezone(c.queued_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS queued_at,
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
),
intervals AS (
  SELECT
    tenant,
    queue_name,
    date_add(
      'minute',
      (hour(queued_at) * 60 + minute(queued_at)) / {{interval}} * {{interval}},
      date_trunc('day', queued_at)
    ) AS interval_start,
    queue_time,
    answered,
    abandoned
  FROM queued
  WHERE (answered OR abandoned)
    AND CAST(queued_at AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue_name,
  substr(CAST(interval_start AS varchar), 1, 16) AS interval_start,
  count(*) AS calls,
  count(*) FILTER (WHERE answered) AS answered,
  count(*) FILTER (WHERE abandoned) AS abandoned,
  count(*) FILTER (WHERE answered AND queue_time IS NULL) AS unknown_waits,
  round(
    100e0 * count(*) FILTER (WHERE answered AND queue_time <= {{target}})
      / nullif(count(*) FILTER (WHERE abandoned OR queue_time IS NOT NULL), 0),
    1
  ) AS service_level_percent,
  round(100e0 * count(*) FILTER (WHERE abandoned) / count(*), 1) AS abandon_percent
FROM intervals
GROUP BY tenant, queue_name, interval_start
ORDER BY tenant, queue_name, interval_start
