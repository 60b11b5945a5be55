-- one row for each entry into a queue
visits AS (
  SELECT
    v.tenant,
    v.dt,
    v.channel,
    v.session_id,
    v.session_created_at,
    v.is_first,
    v.queue_id,
    v.queue_name,
    CAST(with_timezone(coalesce(v.entered_at, v.session_created_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS entered,
    v.left_at,
    v.exit,
    -- whole milliseconds add up without rounding errors
    CAST(round(v.seconds * 1000) AS bigint) AS milliseconds,
    v.service_level_event
  FROM queue_visit AS v
  WHERE v.tenant LIKE {{tenant}}
    AND v.dt BETWEEN {{dt from-1-ahead}} AND {{dt to+1}}
    AND {{channel}} IN ('both', v.channel)
)
