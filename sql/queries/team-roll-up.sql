-- How long are calls handled by each team together with all teams below it?
--
-- One row per team in the order of the tree, with the agents and interactions of the team and of every team below it. An agent
-- in several of these teams counts once. The columns are those of `handle-time-by-agent`.
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
nodes AS (
  SELECT tenant, id, name, path, level
  FROM team_tree
  WHERE tenant LIKE {{tenant}}
    AND deleted_at IS NULL
),
members AS (
  SELECT DISTINCT n.tenant, n.id AS team_id, m.assignee_id AS agent_id
  FROM nodes AS n
  JOIN nodes AS below ON below.tenant = n.tenant AND json_array_contains(below.path, n.id)
  JOIN team_with_assignees AS m ON m.tenant = below.tenant AND m.id = below.id
  WHERE m.deleted_at IS NULL
    AND m.assignee_id IS NOT NULL
),
sizes AS (
  SELECT tenant, team_id, count(*) AS agents
  FROM members
  GROUP BY tenant, team_id
),
times AS (
  SELECT
    m.tenant,
    m.team_id,
    {{part handle-times}}
  FROM members AS m
  JOIN handled AS h ON h.tenant = m.tenant AND h.agent_id = m.agent_id
  GROUP BY m.tenant, m.team_id
)
SELECT
  n.tenant,
  n.id AS team_id,
  n.name AS team,
  n.level,
  coalesce(s.agents, 0) AS agents,
  coalesce(t.legs, 0) AS legs,
  coalesce(t.internal_legs, 0) AS internal_legs,
  coalesce(t.handled, 0) AS handled,
  coalesce(t.in_progress, 0) AS in_progress,
  coalesce(t.unknown_handle_times, 0) AS unknown_handle_times,
  t.average_handle_time,
  t.average_talk_time,
  t.average_hold_time,
  t.average_wrap_up_time,
  t.average_before_call_time
FROM nodes AS n
LEFT JOIN sizes AS s ON s.tenant = n.tenant AND s.team_id = n.id
LEFT JOIN times AS t ON t.tenant = n.tenant AND t.team_id = n.id
-- depth first, so a path comes before the paths that begin with it
ORDER BY n.tenant, replace(n.path, ']', ',')
