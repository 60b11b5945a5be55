-- How long do the agents of each team handle a call on average, and how is that time divided?
--
-- Times are in seconds. A call belongs to the last agent who handled it, and to every current team of this agent. Calls
-- without a handle time (never answered, or not over) do not count.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
SELECT
  s.tenant,
  t.id AS team_id,
  t.name AS team,
  count(DISTINCT s.agent_id) AS agents,
  count(*) AS calls,
  round(avg(s.handle_time), 1) AS average_handle_time,
  round(avg(s.talk_time), 1) AS average_talk_time,
  round(avg(s.hold_time), 1) AS average_hold_time,
  round(avg(s.ring_time), 1) AS average_ring_time
FROM call_segments AS s
JOIN team_with_assignees AS t ON t.tenant = s.tenant AND t.assignee_id = s.agent_id
WHERE s.tenant LIKE {{tenant}}
  AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(s.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  AND s.handle_time IS NOT NULL
  AND t.deleted_at IS NULL
GROUP BY s.tenant, t.id, t.name
ORDER BY average_handle_time DESC, s.tenant, t.id
