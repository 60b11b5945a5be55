-- one row for each attempt, with the present names of the queues, else the newest in the records
attempts AS (
  SELECT
    t.tenant,
    t.from_agent_id,
    t.from_virtual_agent_id,
    t.from_queue_id,
    coalesce(
      f.queue,
      max_by(t.from_queue_name, CASE WHEN t.from_queue_name IS NOT NULL THEN t.session_created_at END)
        OVER (PARTITION BY t.tenant, t.from_queue_id, CASE WHEN t.from_queue_id IS NULL THEN t.from_queue_name END),
      '(no queue)'
    ) AS from_queue,
    t.kind,
    t.to_agent_id,
    t.to_queue_id,
    coalesce(
      q.queue,
      max_by(t.to_queue_name, CASE WHEN t.to_queue_name IS NOT NULL THEN t.session_created_at END)
        OVER (PARTITION BY t.tenant, t.to_queue_id, CASE WHEN t.to_queue_id IS NULL THEN t.to_queue_name END)
    ) AS to_queue,
    t.is_escalation,
    t.transfer_outcome
  FROM transfer AS t
  LEFT JOIN queue AS f ON f.tenant = t.tenant AND f.queue_id = t.from_queue_id
  LEFT JOIN queue AS q ON q.tenant = t.tenant AND q.queue_id = t.to_queue_id
  WHERE t.tenant LIKE {{tenant}}
    AND t.dt BETWEEN {{dt from-1-ahead}} AND {{dt to+1}}
    AND {{channel}} IN ('both', t.channel)
    AND CAST(
      with_timezone(coalesce(t.created_at, t.session_created_at), 'UTC') AT TIME ZONE {{zone}} AS date
    ) BETWEEN {{from}} AND {{to}}
)
