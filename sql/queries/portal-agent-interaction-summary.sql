-- How many interactions did each agent handle, and for how long, as the portal's report Interaction Summary by Agent counts them?
--
-- One row for each agent with a handled interaction or a notification. Times are in seconds, averages per handled
-- interaction with a known time. Missed interactions are those that the activity log names. `csat_percent` is of the
-- sessions whose last agent it was. `other_last_agent` counts the handled interactions of sessions that another agent had
-- last. Response times in chats are not known by agent: see `chat-response-times`.
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
),
events AS (
  SELECT
    tenant,
    agent_id,
    count(*) FILTER (WHERE event = 'offered') AS offered,
    count(*) FILTER (WHERE event = 'attempted') AS attempted,
    count(*) FILTER (WHERE event = 'picked_up') AS picked_up,
    count(*) FILTER (WHERE event = 'missed') AS missed,
    count(*) FILTER (WHERE event = 'missed' AND casting = 'deltacast') AS deltacast_missed,
    count(*) FILTER (WHERE event = 'dialled') AS dialled
  FROM agent_event
  WHERE tenant LIKE {{tenant}}
    AND channel = {{channel}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(CAST(with_timezone(happened_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
  GROUP BY tenant, agent_id
),
legs AS (
  SELECT
    l.tenant,
    l.agent_id,
    count(*) AS handled,
    sum(g.transfers) AS transfers,
    count(*) FILTER (WHERE l.auto_answered) AS auto_answered,
    sum(l.connection_seconds) AS connection,
    count(l.connection_seconds) AS connections,
    sum(if({{talk}} = 'with_hold', l.seconds, l.talk_seconds)) AS talk,
    count(l.talk_seconds) AS talks,
    sum(l.hold_seconds) AS hold,
    count(*) FILTER (WHERE l.hold_seconds > 0) AS holds,
    sum(l.wrap_up_seconds) AS wrap_up,
    count(l.wrap_up_seconds) AS wrap_ups,
    sum(CASE {{handle}}
        WHEN 'hold' THEN l.seconds
        WHEN 'double_hold' THEN l.handle_seconds + coalesce(l.hold_seconds, 0)
        ELSE l.handle_seconds
      END) AS handle,
    count(l.handle_seconds) AS handles,
    avg(s.rating) FILTER (WHERE l.leg_no = s.agent_legs) AS rating,
    count(*) FILTER (WHERE l.agent_id <> s.last_agent_id) AS other_last_agent,
    count(*) FILTER (WHERE l.ended_at IS NULL) AS open,
    count(*) FILTER (WHERE l.source = 'derived') AS derived
  FROM agent_leg AS l
  LEFT JOIN session_outcome AS s
    ON s.tenant = l.tenant AND s.dt = l.dt AND s.channel = l.channel AND s.session_id = l.session_id
  LEFT JOIN given AS g
    ON g.tenant = l.tenant AND g.dt = l.dt AND g.channel = l.channel AND g.session_id = l.session_id AND g.leg_no = l.leg_no
  WHERE l.tenant LIKE {{tenant}}
    AND l.channel = {{channel}}
    AND l.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
    AND l.agent_id IS NOT NULL
    AND CAST(CAST(with_timezone(l.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
  GROUP BY l.tenant, l.agent_id
)
SELECT
  coalesce(l.tenant, e.tenant) AS tenant,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  coalesce(l.agent_id, e.agent_id) AS agent_id,
  a.email AS agent_email,
  coalesce(e.offered, 0) AS work_offered,
  coalesce(l.handled, 0) AS handled_calls,
  coalesce(e.missed, 0) AS missed_calls,
  coalesce(e.deltacast_missed, 0) AS total_deltacast_missed,
  coalesce(l.auto_answered, 0) AS total_auto_answered_calls,
  round(l.connection, 1) AS total_agent_connection_time,
  round(l.connection / nullif(l.connections, 0), 1) AS avg_agent_connection_time,
  round(l.talk, 1) AS total_talk_time,
  round(l.talk / nullif(l.talks, 0), 1) AS avg_talk_time,
  round(l.hold, 1) AS total_hold_time,
  round(l.hold / nullif(l.holds, 0), 1) AS avg_hold_time,
  round(l.wrap_up, 1) AS total_wrap_up_time,
  round(l.wrap_up / nullif(l.wrap_ups, 0), 1) AS avg_wrap_up_time,
  round(l.handle, 1) AS total_handle_time,
  round(l.handle / nullif(l.handles, 0), 1) AS avg_handle_time,
  coalesce(l.transfers, 0) AS agent_transfers,
  round(100e0 * l.rating / {{scale}}, 2) AS csat_percent,
  coalesce(l.other_last_agent, 0) AS other_last_agent,
  coalesce(l.handled - l.handles, 0) AS unknown_handle_times,
  coalesce(l.open, 0) AS open,
  coalesce(l.derived, 0) AS derived
FROM legs AS l
FULL JOIN events AS e ON e.tenant = l.tenant AND e.agent_id = l.agent_id
LEFT JOIN agent AS a ON a.tenant = coalesce(l.tenant, e.tenant) AND a.id = coalesce(l.agent_id, e.agent_id)
ORDER BY tenant, agent_id
