-- How many calls does each team handle together with all teams below it?
--
-- One row per team in the order of the tree, with the agents and calls of the team and of every team below it. An agent in
-- several of these teams counts once. A call belongs to the last agent who handled it. Averages are in seconds.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH nodes AS (
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
handled AS (
  SELECT tenant, agent_id, count(*) AS calls, sum(handle_time) AS handle_time
  FROM call_segments
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
    AND handle_time IS NOT NULL
  GROUP BY tenant, agent_id
)
SELECT
  n.tenant,
  n.id AS team_id,
  n.name AS team,
  n.level,
  count(m.agent_id) AS agents,
  coalesce(sum(h.calls), 0) AS calls,
  round(sum(h.handle_time) / sum(h.calls), 1) AS average_handle_time
FROM nodes AS n
LEFT JOIN members AS m ON m.tenant = n.tenant AND m.team_id = n.id
LEFT JOIN handled AS h ON h.tenant = m.tenant AND h.agent_id = m.agent_id
GROUP BY n.tenant, n.id, n.name, n.level, n.path
-- depth first, so a path comes before the paths that begin with it
ORDER BY n.tenant, replace(n.path, ']', ',')
