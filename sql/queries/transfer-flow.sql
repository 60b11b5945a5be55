-- From which queues are calls transferred to which?
--
-- Successful transfers by the queue of the call and the receiving queue. A transfer without a queue went straight to an
-- agent.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH transferred AS (
  SELECT tenant, queue_name, transfers
  FROM call
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
    AND json_array_length(transfers) > 0
),
transfers AS (
  SELECT
    c.tenant,
    coalesce(c.queue_name, '(no queue)') AS from_queue,
    json_array_get(c.transfers, t.place) AS transfer
  FROM transferred AS c
  CROSS JOIN UNNEST(sequence(0, json_array_length(c.transfers) - 1)) AS t (place)
),
named AS (
  SELECT
    tenant,
    from_queue,
    -- menu names lead from the root to the queue
    coalesce(regexp_extract(json_extract_scalar(transfer, '$.to_menu.name'), '([^/]+)$', 1), '(an agent)') AS to_queue
  FROM transfers
  WHERE json_extract_scalar(transfer, '$.status') = 'transferred'
)
SELECT tenant, from_queue, trim(to_queue) AS to_queue, count(*) AS transfers
FROM named
GROUP BY tenant, from_queue, trim(to_queue)
ORDER BY transfers DESC, tenant, from_queue, to_queue
