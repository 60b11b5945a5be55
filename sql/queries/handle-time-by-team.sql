-- How long do the agents of each team handle a call on average, and how is that time divided?
--
-- An interaction counts for every current team of its agent, so teams do not add up if agents are in several. Interactions of
-- agents without a team have a separate row. The columns are those of `handle-time-by-agent`.
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
members AS (
  SELECT tenant, id AS team_id, name AS team, assignee_id
  FROM team_with_assignees
  WHERE tenant LIKE {{tenant}}
    AND deleted_at IS NULL
    AND assignee_id IS NOT NULL
)
SELECT
  h.tenant,
  t.team_id,
  coalesce(t.team, '(no team)') AS team,
  count(DISTINCT h.agent_id) AS agents,
  {{part handle-times}}
FROM handled AS h
LEFT JOIN members AS t ON t.tenant = h.tenant AND t.assignee_id = h.agent_id
GROUP BY h.tenant, t.team_id, t.team
ORDER BY average_handle_time DESC NULLS LAST, h.tenant, t.team_id
