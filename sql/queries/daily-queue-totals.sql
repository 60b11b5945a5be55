-- How many callers enter each queue a day, how long are they handled, and how many are answered in time?
--
-- The same totals as the table `daily_queue_totals`, which the example function keeps. Times are in seconds. `visits` are entries into
-- the queue, those after a transfer included. Visits in time were answered in less than the target. The abandon rate is a share of all
-- visits, the service level of the abandoned and the answered ones whose wait is known, both from 0 to 1. Interactions are those
-- of a known length, with wrap-up where it is known, unlike the handle time of other queries. Days are UTC, and a call counts on the day on which it began.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   target     whole          20        Seconds within which a caller should be answered.
WITH visits AS (
  SELECT
    tenant,
    queue_id,
    dt,
    count(*) AS visits,
    count(*) FILTER (WHERE exit = 'answered') AS answered,
    count(seconds) FILTER (WHERE exit = 'answered') AS known_waits,
    count(*) FILTER (WHERE exit = 'answered' AND seconds < {{target}}) AS answered_in_time,
    count(*) FILTER (WHERE exit = 'abandoned') AS abandoned
  FROM queue_visit
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
    AND channel = 'call'
    AND queue_id IS NOT NULL
  GROUP BY tenant, queue_id, dt
),
legs AS (
  SELECT
    tenant,
    queue_id,
    dt,
    count(seconds) AS interactions,
    -- exact decimals, so that a sum does not depend on the order of its parts
    CAST(coalesce(sum(CAST(seconds + coalesce(wrap_up_seconds, 0e0) AS decimal(18, 3))), 0) AS double) AS interaction_seconds
  FROM agent_leg
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
    AND channel = 'call'
    AND queue_id IS NOT NULL
  GROUP BY tenant, queue_id, dt
),
sessions AS (
  SELECT tenant, queue_id, dt, session_id
  FROM queue_visit
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
    AND channel = 'call'
  UNION
  SELECT tenant, queue_id, dt, session_id
  FROM agent_leg
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
    AND channel = 'call'
),
calls AS (
  SELECT tenant, queue_id, dt, count(*) AS calls
  FROM sessions
  WHERE queue_id IS NOT NULL
  GROUP BY tenant, queue_id, dt
)
SELECT
  c.tenant,
  c.queue_id,
  c.dt AS day,
  c.calls,
  coalesce(v.visits, 0) AS visits,
  coalesce(l.interactions, 0) AS interactions,
  coalesce(l.interaction_seconds, 0e0) AS interaction_seconds,
  round(l.interaction_seconds / nullif(l.interactions, 0), 4) AS average_interaction_time,
  coalesce(v.answered, 0) AS answered,
  coalesce(v.abandoned, 0) AS abandoned,
  round(v.abandoned * 1e0 / nullif(v.visits, 0), 4) AS abandon_rate,
  coalesce(v.answered_in_time, 0) AS answered_in_time,
  round(v.answered_in_time * 1e0 / nullif(v.known_waits + v.abandoned, 0), 4) AS service_level
FROM calls AS c
LEFT JOIN visits AS v ON v.tenant = c.tenant AND v.queue_id = c.queue_id AND v.dt = c.dt
LEFT JOIN legs AS l ON l.tenant = c.tenant AND l.queue_id = c.queue_id AND l.dt = c.dt
ORDER BY c.tenant, c.queue_id, c.dt
