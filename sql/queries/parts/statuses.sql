-- the first instant of the first day, and of the day after the last one. A midnight may be missing, or come twice
bounds AS (
  SELECT
    min(q.quarter) FILTER (WHERE CAST(with_timezone(q.quarter, 'UTC') AT TIME ZONE {{zone}} AS date) >= {{from}}) AS starts,
    min(q.quarter) FILTER (WHERE CAST(with_timezone(q.quarter, 'UTC') AT TIME ZONE {{zone}} AS date) > {{to}}) AS ends
  FROM (SELECT CAST({{from}} AS timestamp(3)) AS first_day, CAST({{to+1}} AS timestamp(3)) AS day_after) AS days
  CROSS JOIN UNNEST(
    sequence(date_add('hour', -15, days.first_day), date_add('hour', 15, days.first_day), INTERVAL '15' MINUTE)
      || sequence(date_add('hour', -15, days.day_after), date_add('hour', 15, days.day_after), INTERVAL '15' MINUTE)
  ) AS q (quarter)
),
statuses AS (
  SELECT
    s.tenant,
    s.agent_id,
    s.id,
    s.status_kind,
    s.status_name,
    s.call_id,
    s.chat_id,
    s.is_open,
    s.is_cut,
    greatest(s.started_at, b.starts) AS starts,
    least(s.ended_at, b.ends) AS ends,
    s.ended_at >= b.ends AS is_continued
  FROM status_interval AS s
  CROSS JOIN bounds AS b
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1-earlier}} AND {{dt to+1}}
    AND s.ended_at > b.starts
    AND s.started_at < b.ends
)
