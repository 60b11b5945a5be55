-- one row for each session, with its first queue
sessions AS (
  SELECT
    s.*,
    s.first_queue_id AS queue_id,
    s.first_queue_name AS queue_name,
    CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS created
  FROM session_outcome AS s
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
)
