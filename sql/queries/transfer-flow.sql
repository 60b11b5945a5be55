-- From which queues are calls transferred to which?
--
-- Attempts by the queue that the call left and what it went to, by the day of the transfer. Whatever is no queue has the name of
-- its kind, e.g. `(agent)`. `attempts` is `escalations`, which are those of virtual agents to humans, and `transfers`. `transfers` is `transferred`,
-- `failed_transfers`, `cancelled_transfers`, `unanswered_transfers` and `open_transfers`.
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
  tenant,
  from_queue_id,
  from_queue,
  to_queue_id,
  coalesce(to_queue, concat('(', replace(kind, '_', ' '), ')')) AS to_queue,
  {{part transfer-outcomes}}
FROM attempts
GROUP BY tenant, from_queue_id, from_queue, to_queue_id, coalesce(to_queue, concat('(', replace(kind, '_', ' '), ')'))
ORDER BY transferred DESC, tenant, from_queue, from_queue_id, to_queue, to_queue_id
