-- Which interactions did each agent handle, as the portal's report Interaction Detail by Agent lists them?
--
-- One row for each time that an agent was connected, with or without a queue. Times are in seconds. `agent_connection_time`
-- is from assigned until connected. `csat_percent` is the rating of a session, for its last agent. Dispositions, notes and
-- the quality of the network are not in the API.
--
-- Parameters:
--   tenant     pattern                   %             Tenants. % matches any text.
--   channel    call|chat                 call          Calls or chats. The portal has a file for each.
--   from       date                      today-29      First day.
--   to         date                      today         Last day.
--   zone       zone                      UTC           Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   ahead      whole                     7             Days before its queue entry that a scheduled call may have been created.
--   talk       without_hold|with_hold    without_hold  Whether talk is the length of the leg with or without its hold (C6).
--   handle     wrap_up|hold|double_hold  wrap_up       Handle time: talk, hold and wrap-up; talk and hold; or talk, twice the hold, and wrap-up (C6).
--   scale      whole                     5             Best rating.
--   dated_by   start|end                 start         Which time puts a row on a day.
--   transfers  done|all                  done          Transfers that count: those that succeeded, or all attempts.
WITH given AS (
  SELECT l.tenant, l.dt, l.channel, l.session_id, l.leg_no, count(*) AS transfers
  FROM agent_leg AS l
  JOIN transfer AS t
    ON t.tenant = l.tenant AND t.dt = l.dt AND t.channel = l.channel AND t.session_id = l.session_id
    AND t.from_agent_id = l.agent_id
  WHERE l.tenant LIKE {{tenant}}
    AND l.channel = {{channel}}
    AND l.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
    AND t.created_at >= l.started_at
    AND (l.ended_at IS NULL OR t.created_at <= l.ended_at)
    AND (t.transfer_outcome = 'transferred' OR {{transfers}} = 'all')
  GROUP BY l.tenant, l.dt, l.channel, l.session_id, l.leg_no
)
SELECT
  l.tenant,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  l.agent_id,
  a.email AS agent_email,
  CASE
    WHEN l.ended_at IS NULL THEN 'open'
    WHEN l.wrap_up_seconds > 0 THEN 'ACW Ended'
    WHEN l.before_call_seconds > 0 THEN 'BCW Ended'
    WHEN l.channel = 'chat' THEN 'Chat Finished'
    ELSE 'Call Ended'
  END AS event,
  coalesce(q.queue, l.queue_name) AS queue,
  if(l.queue_id IS NULL, NULL, s.lang) AS lang,
  substr(CAST(CAST(with_timezone(l.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS started_at,
  substr(CAST(CAST(with_timezone(l.ended_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS ended_at,
  l.connection_seconds AS agent_connection_time,
  if({{talk}} = 'with_hold', l.seconds, l.talk_seconds) AS talk_time,
  l.hold_seconds AS hold_time,
  l.wrap_up_seconds AS wrap_up_time,
  CASE {{handle}}
    WHEN 'hold' THEN l.seconds
    WHEN 'double_hold' THEN l.handle_seconds + coalesce(l.hold_seconds, 0)
    ELSE l.handle_seconds
  END AS handle_time,
  coalesce(g.transfers, 0) AS agent_transfers,
  l.via_transfer AS transfer,
  coalesce(l.auto_answered, false) AS auto_answered,
  l.session_type AS interaction_type,
  round(100e0 * if(l.leg_no = s.agent_legs, s.rating, NULL) / {{scale}}, 2) AS csat_percent,
  l.leg_id AS interaction_id,
  l.session_id,
  l.leg_no,
  l.queue_id,
  s.agent_legs,
  l.source
FROM agent_leg AS l
LEFT JOIN session_outcome AS s
  ON s.tenant = l.tenant AND s.dt = l.dt AND s.channel = l.channel AND s.session_id = l.session_id
LEFT JOIN given AS g
  ON g.tenant = l.tenant AND g.dt = l.dt AND g.channel = l.channel AND g.session_id = l.session_id AND g.leg_no = l.leg_no
LEFT JOIN queue AS q ON q.tenant = l.tenant AND q.queue_id = l.queue_id
LEFT JOIN agent AS a ON a.tenant = l.tenant AND a.id = l.agent_id
WHERE l.tenant LIKE {{tenant}}
  AND l.channel = {{channel}}
  AND l.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
  AND CAST(CAST(with_timezone(if({{dated_by}} = 'end', l.ended_at, l.started_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
ORDER BY l.tenant, l.started_at, l.session_id, l.leg_no
