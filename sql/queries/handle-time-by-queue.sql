-- How long are the calls of each queue handled, and how is that time divided?
--
-- Interactions count on the day on which the agent was connected. A transferred call has one for each agent. `legs` is
-- `internal_legs`, which are left out, and `handled`. `handled` is `in_progress`, `unknown_handle_times` and those in the averages. Averages are
-- in seconds, and the parts add up to the handle time. Calls without a queue have a separate row.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before the interaction in which its session may have been created, for scheduled calls.
--   wrap_up     yes|no          yes       Whether wrap-up is part of the handle time.
--   before_call yes|no          yes       Whether before-call work is part of the handle time.
--   internal    yes|no          no        Whether internal calls count as handled.
WITH {{part legs}},
{{part queue-names of=handled}}
SELECT
  tenant,
  queue_id,
  queue,
  {{part handle-times}}
FROM named
GROUP BY tenant, queue_id, queue
ORDER BY handled DESC, tenant, queue, queue_id
