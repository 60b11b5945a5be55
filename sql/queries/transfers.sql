-- Who transfers calls to whom, from which queue, and how many of the transfers succeed?
--
-- One row per agent or virtual agent, queue that the call left, and receiver, by the day of the transfer. `kind` is what it went
-- to. A transfer to a queue also has the agent who answered there. `attempts` is `escalations`, which are those of virtual agents to
-- humans, and `transfers`. `transfers` is `transferred`, `failed_transfers`, `cancelled_transfers`, `unanswered_transfers` and `open_transfers`. The percentage leaves out
-- the open ones.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before the transfer in which its session may have been created, for scheduled calls.
WITH {{part transfers}}
SELECT
  t.tenant,
  t.from_agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS from_agent,
  t.from_virtual_agent_id,
  t.from_queue_id,
  t.from_queue,
  t.kind,
  t.to_agent_id,
  trim(concat(coalesce(b.first_name, ''), ' ', coalesce(b.last_name, ''))) AS to_agent,
  t.to_queue_id,
  t.to_queue,
  {{part transfer-outcomes}},
  round(
    100e0 * count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome = 'transferred')
      / nullif(count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome <> 'open'), 0),
    1
  ) AS success_percent
FROM attempts AS t
LEFT JOIN agent AS a ON a.tenant = t.tenant AND a.id = t.from_agent_id
LEFT JOIN agent AS b ON b.tenant = t.tenant AND b.id = t.to_agent_id
GROUP BY
  t.tenant,
  t.from_agent_id,
  a.first_name,
  a.last_name,
  t.from_virtual_agent_id,
  t.from_queue_id,
  t.from_queue,
  t.kind,
  t.to_agent_id,
  b.first_name,
  b.last_name,
  t.to_queue_id,
  t.to_queue
ORDER BY
  attempts DESC,
  t.tenant,
  t.from_agent_id,
  t.from_virtual_agent_id,
  t.from_queue,
  t.from_queue_id,
  t.kind,
  t.to_agent_id,
  t.to_queue,
  t.to_queue_id
