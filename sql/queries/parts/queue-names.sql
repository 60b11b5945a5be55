-- with the present name of the queue, else the newest in the records
named AS (
  SELECT
    n.*,
    coalesce(
      q.queue,
      max_by(n.queue_name, CASE WHEN n.queue_name IS NOT NULL THEN n.session_created_at END)
        OVER (PARTITION BY n.tenant, n.queue_id, CASE WHEN n.queue_id IS NULL THEN n.queue_name END),
      '(no queue)'
    ) AS queue
  FROM [[of]] AS n
  LEFT JOIN queue AS q ON q.tenant = n.tenant AND q.queue_id = n.queue_id
)
