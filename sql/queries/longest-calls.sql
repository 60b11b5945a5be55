-- Which calls took longest to handle?
--
-- The handle time of all agents of a call together, in seconds, and its parts. Only calls of which all interactions have a known handle time
-- are in the list. A call counts on the day on which its first agent was connected. The queue is that of the first interaction.
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
--   rows        whole           20        Maximum number of calls.
WITH {{part legs}},
calls AS (
  SELECT
    tenant,
    dt,
    channel,
    session_id,
    min(session_created_at) AS created_at,
    min(session_type) AS session_type,
    min(started) AS started,
    count(*) AS legs,
    sum(handle) / 1e3 AS handle_seconds,
    sum(talk) / 1e3 AS talk_seconds,
    sum(hold) / 1e3 AS hold_seconds,
    sum(wrap_up) / 1e3 AS wrap_up_seconds,
    sum(before_call) / 1e3 AS before_call_seconds
  FROM legs
  WHERE NOT is_left_out
  GROUP BY tenant, dt, channel, session_id
  HAVING count(*) = count(handle)
)
SELECT
  c.tenant,
  c.channel,
  c.session_id,
  substr(CAST(CAST(with_timezone(c.created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS created_at,
  c.session_type,
  s.first_queue_id AS queue_id,
  coalesce(q.queue, s.first_queue_name, '(no queue)') AS queue,
  s.last_agent_id AS agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  c.legs,
  c.handle_seconds,
  c.talk_seconds,
  c.hold_seconds,
  c.wrap_up_seconds,
  c.before_call_seconds
FROM calls AS c
JOIN session_outcome AS s
  ON s.tenant = c.tenant AND s.dt = c.dt AND s.channel = c.channel AND s.session_id = c.session_id
LEFT JOIN queue AS q ON q.tenant = s.tenant AND q.queue_id = s.first_queue_id
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.last_agent_id
WHERE CAST(c.started AS date) BETWEEN {{from}} AND {{to}}
ORDER BY c.handle_seconds DESC, c.tenant, c.channel, c.session_id
LIMIT {{rows}}
