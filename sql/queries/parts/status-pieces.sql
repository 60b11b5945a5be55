days AS (
  SELECT
    s.tenant,
    s.agent_id,
    s.status_kind,
    greatest(s.starts, d.day) AS starts,
    least(s.ends, date_add('day', 1, d.day)) AS ends
  FROM statuses AS s
  CROSS JOIN UNNEST(sequence(date_trunc('day', s.starts), s.ends, INTERVAL '1' DAY)) AS d (day)
  WHERE d.day < s.ends
    AND s.status_kind <> 'offline'
),
-- the offset of a time zone is a multiple of 15 minutes, so a quarter of an hour lies in one interval of every zone
quarters AS (
  SELECT
    d.*,
    q.quarter,
    date_diff(
      'minute',
      CAST(with_timezone(q.quarter, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)),
      CAST(with_timezone(date_add('minute', 15, q.quarter), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3))
    ) AS minutes
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
-- clocks that change within a quarter of an hour do so at a whole minute
pieces AS (
  SELECT
    q.tenant,
    q.agent_id,
    q.status_kind,
    greatest(q.starts, p.piece) AS starts,
    least(q.ends, date_add('minute', CASE WHEN q.minutes = 15 THEN 15 ELSE 1 END, p.piece)) AS ends,
    CAST(with_timezone(p.piece, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS local_start
  FROM quarters AS q
  CROSS JOIN UNNEST(
    CASE
      WHEN q.minutes = 15 THEN sequence(q.quarter, q.quarter, INTERVAL '1' MINUTE)
      ELSE sequence(q.quarter, date_add('minute', 14, q.quarter), INTERVAL '1' MINUTE)
    END
  ) AS p (piece)
),
lengths AS (
  SELECT
    tenant,
    agent_id,
    status_kind,
    date_add(
      'minute',
      (hour(local_start) * 60 + minute(local_start)) / {{interval}} * {{interval}},
      date_trunc('day', local_start)
    ) AS interval_start,
    date_diff('millisecond', starts, ends) AS milliseconds
  FROM pieces
  WHERE starts < ends
)
