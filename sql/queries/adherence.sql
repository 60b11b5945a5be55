-- How much of their time since login do the agents keep to their work, interval by interval?
--
-- The API has no shift plans, so this measures adherence to work. It is the share of hours Available, In-call, In-chat
-- or in Wrap-up among the hours in any status except Offline. A status that crosses the end of an interval is split
-- there. Only statuses that have ended count.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   interval   15|30|60|1440  1440      Length of an interval in minutes. 1440 is a day.
WITH statuses AS (
  SELECT
    tenant,
    agent_id,
    status_id,
    greatest(started_at, CAST(with_timezone(CAST({{from}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))) AS starts,
    least(
      ended_at,
      CAST(with_timezone(date_add('day', 1, CAST({{to}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))
    ) AS ends
  FROM agent_status_history
  WHERE tenant LIKE {{tenant}}
    -- a status that started up to a week before may last into the period
    AND dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND activity = 'user_status_changed'
    -- system statuses have fixed ids, but their names may be translated: -10 Offline
    AND status_id <> -10
    AND ended_at > started_at
),
days AS (
  SELECT
    s.tenant,
    s.agent_id,
    s.status_id,
    greatest(s.starts, d.day) AS starts,
    least(s.ends, date_add('day', 1, d.day)) AS ends
  FROM statuses AS s
  CROSS JOIN UNNEST(
    CASE WHEN s.ends > s.starts THEN sequence(date_trunc('day', s.starts), s.ends, INTERVAL '1' DAY) END
  ) AS d (day)
  WHERE d.day < s.ends
),
-- the offset of a time zone is a multiple of 15 minutes, so each quarter of an hour lies in one interval of every zone
quarters AS (
  SELECT
    d.tenant,
    d.agent_id,
    d.status_id,
    d.starts,
    d.ends,
    q.quarter,
    CAST(with_timezone(q.quarter, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS local_quarter
  FROM days AS d
  CROSS JOIN UNNEST(
    sequence(
      date_add('minute', minute(d.starts) / 15 * 15, date_trunc('hour', d.starts)),
      d.ends,
      INTERVAL '15' MINUTE
    )
  ) AS q (quarter)
  WHERE q.quarter < d.ends
),
hours AS (
  SELECT
    tenant,
    agent_id,
    date_add(
      'minute',
      (hour(local_quarter) * 60 + minute(local_quarter)) / {{interval}} * {{interval}},
      date_trunc('day', local_quarter)
    ) AS interval_start,
    -- 0 Available, -6 Wrap-up, -7 In-call, -8 In-chat
    status_id IN (0, -6, -7, -8) AS at_work,
    date_diff('millisecond', greatest(starts, quarter), least(ends, date_add('minute', 15, quarter))) / 3.6e6 AS hours
  FROM quarters
)
SELECT
  h.tenant,
  h.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  substr(CAST(h.interval_start AS varchar), 1, 16) AS interval_start,
  round(sum(CASE WHEN h.at_work THEN h.hours ELSE 0 END), 2) AS work_hours,
  round(sum(h.hours), 2) AS logged_in_hours,
  round(100e0 * sum(CASE WHEN h.at_work THEN h.hours ELSE 0 END) / sum(h.hours), 1) AS adherence_percent
FROM hours AS h
LEFT JOIN agent AS a ON a.tenant = h.tenant AND a.id = h.agent_id
WHERE h.hours > 0
GROUP BY h.tenant, h.agent_id, a.first_name, a.last_name, h.interval_start
ORDER BY h.tenant, h.interval_start, h.agent_id
