-- How much of their time on duty are the agents busy with customers, day by day?
--
-- Occupancy: In-call, In-chat and Wrap-up, of those and Available; breaks and the like do not count. Hours. Days are
-- UTC, a status that lasts over midnight is divided. Only statuses that have ended count. Notifications are points in
-- time and have no share.
WITH statuses AS (
  SELECT
    h.tenant,
    h.agent_id,
    d.day,
    -- system statuses have fixed ids, their names may be translated: 0 Available, -6 Wrap-up, -7 In-call, -8 In-chat
    h.status_id <> 0 AS busy,
    date_diff(
      'millisecond',
      greatest(h.started_at, CAST(d.day AS timestamp(3))),
      least(h.ended_at, CAST(d.day AS timestamp(3)) + INTERVAL '1' DAY)
    ) / 3.6e6 AS hours
  FROM agent_status_history AS h
  CROSS JOIN UNNEST(
    CASE
      WHEN h.ended_at > h.started_at
        THEN sequence(date_trunc('day', h.started_at), date_trunc('day', h.ended_at), INTERVAL '1' DAY)
    END
  ) AS d (day)
  WHERE h.activity = 'user_status_changed'
    AND h.status_id IN (0, -6, -7, -8)
)
SELECT
  s.tenant,
  s.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  CAST(s.day AS date) AS day,
  round(sum(CASE WHEN s.busy THEN s.hours ELSE 0 END), 2) AS busy_hours,
  round(sum(s.hours), 2) AS duty_hours,
  round(100e0 * sum(CASE WHEN s.busy THEN s.hours ELSE 0 END) / sum(s.hours), 1) AS occupancy_percent
FROM statuses AS s
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.agent_id
WHERE s.hours > 0
GROUP BY s.tenant, s.agent_id, a.first_name, a.last_name, s.day
ORDER BY s.tenant, s.day, s.agent_id
