-- Which interactions did agents handle, as the portal's report All Handled Interactions lists them?
--
-- One row for each agent who was connected, if a queue is known, of calls in both directions. Times are in seconds.
-- `interaction_id` is null if the API does not list the leg: `session_id` and `leg_no` identify it. Whether someone barged
-- in is not in the API.
--
-- Parameters:
--   tenant    pattern                   %             Tenants. % matches any text.
--   channel   call|chat                 call          Calls or chats. The portal has a file for each.
--   from      date                      today-29      First day.
--   to        date                      today         Last day.
--   zone      zone                      UTC           Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   ahead     whole                     7             Days before its queue entry that a scheduled call may have been created.
--   talk      without_hold|with_hold    without_hold  Whether talk is the length of the leg with or without its hold (C6).
--   handle    wrap_up|hold|double_hold  wrap_up       Handle time: talk, hold and wrap-up; talk and hold; or talk, twice the hold, and wrap-up (C6).
--   dated_by  start|end                 start         Which time puts a row on a day.
SELECT
  l.tenant,
  coalesce(q.queue, l.queue_name) AS queue,
  substr(CAST(CAST(with_timezone(l.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS started_at,
  substr(CAST(CAST(with_timezone(l.ended_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS ended_at,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  l.agent_id,
  a.email AS agent_email,
  s.lang,
  l.via_transfer AS transfer,
  coalesce(l.cold, false) AS cold_transfer,
  l.direction = 'inbound' AS inbound,
  if({{talk}} = 'with_hold', l.seconds, l.talk_seconds) AS talk_time,
  l.hold_seconds AS hold_time,
  l.wrap_up_seconds AS wrap_up_time,
  CASE {{handle}}
    WHEN 'hold' THEN l.seconds
    WHEN 'double_hold' THEN l.handle_seconds + coalesce(l.hold_seconds, 0)
    ELSE l.handle_seconds
  END AS handle_time,
  substr(CAST(CAST(with_timezone(s.scheduled_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS scheduled_at,
  CASE
    WHEN l.ended_at IS NULL THEN 'open'
    WHEN l.wrap_up_seconds > 0 THEN 'ACW Ended'
    WHEN l.before_call_seconds > 0 THEN 'BCW Ended'
    WHEN l.channel = 'chat' THEN 'Chat Finished'
    ELSE 'Call Ended'
  END AS event_status,
  l.leg_id AS interaction_id,
  l.session_id,
  l.leg_no,
  l.queue_id,
  s.agent_legs,
  l.source
FROM agent_leg AS l
LEFT JOIN session_outcome AS s
  ON s.tenant = l.tenant AND s.dt = l.dt AND s.channel = l.channel AND s.session_id = l.session_id
LEFT JOIN queue AS q ON q.tenant = l.tenant AND q.queue_id = l.queue_id
LEFT JOIN agent AS a ON a.tenant = l.tenant AND a.id = l.agent_id
WHERE l.tenant LIKE {{tenant}}
  AND l.channel = {{channel}}
  AND l.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
  AND l.queue_id IS NOT NULL
  AND CAST(CAST(with_timezone(if({{dated_by}} = 'end', l.ended_at, l.started_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
ORDER BY l.tenant, l.started_at, l.session_id, l.leg_no
