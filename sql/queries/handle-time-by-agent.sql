-- How long does each agent handle a call on average, and how is that time divided?
--
-- Every agent of a transferred call has an interaction, which counts on the day on which the agent was connected. `legs` is
-- `internal_legs`, which are left out, and `handled`. `handled` is `in_progress`, `unknown_handle_times` and those in the averages. Averages are
-- in seconds, and the parts add up to the handle time. Interactions without a known agent have a separate row.
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
WITH {{part legs}}
SELECT
  h.tenant,
  h.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  {{part handle-times}}
FROM handled AS h
LEFT JOIN (SELECT tenant, id, first_name, last_name FROM agent) AS a ON a.tenant = h.tenant AND a.id = h.agent_id
GROUP BY h.tenant, h.agent_id, a.first_name, a.last_name
ORDER BY average_handle_time DESC NULLS LAST, h.tenant, h.agent_id
