-- Who transfers calls to whom, from which queue, and how many of the transfers succeed?
--
-- One row per transferring agent, queue of the call and receiver. The receiver is an agent, a queue, or both after an
-- agent of the queue has answered. A transfer succeeded if its status is `transferred`. An agent has the name of the
-- latest transfer.
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
    c.queue_name,
    json_array_get(c.transfers, t.place) AS transfer
  FROM transferred AS c
  CROSS JOIN UNNEST(sequence(0, json_array_length(c.transfers) - 1)) AS t (place)
),
named AS (
  SELECT
    tenant,
    queue_name,
    json_extract_scalar(transfer, '$.created_at') AS created_at,
    json_extract_scalar(transfer, '$.from_agent.id') AS from_agent_id,
    json_extract_scalar(transfer, '$.from_agent.name') AS from_agent,
    json_extract_scalar(transfer, '$.to_agent.id') AS to_agent_id,
    json_extract_scalar(transfer, '$.to_agent.name') AS to_agent,
    json_extract_scalar(transfer, '$.to_menu.name') AS to_queue,
    json_extract_scalar(transfer, '$.status') = 'transferred' AS succeeded
  FROM transfers
)
SELECT
  tenant,
  max_by(from_agent, created_at) AS from_agent,
  queue_name AS from_queue,
  max_by(to_agent, created_at) AS to_agent,
  to_queue,
  count(*) AS transfers,
  count(*) FILTER (WHERE succeeded) AS succeeded,
  round(100e0 * count(*) FILTER (WHERE succeeded) / count(*), 1) AS success_percent
FROM named
GROUP BY tenant, from_agent_id, queue_name, to_agent_id, to_queue
ORDER BY transfers DESC, tenant, from_agent_id, queue_name, to_agent_id, to_queue
