-- one row for each session, with the present name of its first queue, else the newest in the records
sessions AS (
  SELECT
    s.*,
    s.first_queue_id AS queue_id,
    coalesce(
      q.queue,
      max_by(s.first_queue_name, CASE WHEN s.first_queue_name IS NOT NULL THEN s.session_created_at END)
        OVER (PARTITION BY s.tenant, s.first_queue_id, CASE WHEN s.first_queue_id IS NULL THEN s.first_queue_name END),
      '(no queue)'
    ) AS queue,
    CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS created
  FROM session_outcome AS s
  LEFT JOIN queue AS q ON q.tenant = s.tenant AND q.queue_id = s.first_queue_id
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
)
