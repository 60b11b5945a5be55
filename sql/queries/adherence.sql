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
WITH local_statuses AS (
  SELECT
    tenant,
    agent_id,
    status_id,
    started_at,
    ended_at,
    CAST(with_timezone(started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS local_start,
    CAST(with_timezone(ended_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS local_end
  FROM agent_status_history
  WHERE tenant LIKE {{tenant}}
    -- a status that started up to a week before may last into the period
    AND dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND activity = 'user_status_changed'
    -- system statuses have fixed ids, but their names may be translated: -10 Offline
    AND status_id <> -10
    AND ended_at > started_at
),
-- the part of the status inside the period
clipped AS (
  SELECT
    tenant,
    agent_id,
    status_id,
    started_at,
    ended_at,
    greatest(local_start, CAST({{from}} AS timestamp(3))) AS local_start,
    least(local_end, date_add('day', 1, CAST({{to}} AS timestamp(3)))) AS local_end
  FROM local_statuses
),
-- one row per interval of the status
pieces AS (
  SELECT
    c.tenant,
    c.agent_id,
    c.status_id,
    c.started_at,
    c.ended_at,
    i.interval_start,
    CAST(with_timezone(i.interval_start, {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3)) AS starts,
    CAST(with_timezone(date_add('minute', {{interval}}, i.interval_start), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3)) AS ends
  FROM clipped AS c
  CROSS JOIN UNNEST(
    CASE
      WHEN c.local_end > c.local_start
        THEN sequence(
          date_add(
            'minute',
            (hour(c.local_start) * 60 + minute(c.local_start)) / {{interval}} * {{interval}},
            date_trunc('day', c.local_start)
          ),
          c.local_end,
          INTERVAL '{{interval}}' MINUTE
        )
    END
  ) AS i (interval_start)
  WHERE i.interval_start < c.local_end
),
hours AS (
  SELECT
    tenant,
    agent_id,
    interval_start,
    -- 0 Available, -6 Wrap-up, -7 In-call, -8 In-chat
    status_id IN (0, -6, -7, -8) AS at_work,
    date_diff('millisecond', greatest(started_at, starts), least(ended_at, ends)) / 3.6e6 AS hours
  FROM pieces
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
