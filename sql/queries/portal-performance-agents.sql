-- What do the portal's Performance Metrics say about each agent?
--
-- One row for each agent. A session is on the day on which it was created. Handle, hold and wrap-up are of all agents of the
-- session. The wait is from the queue until connected. Times are in seconds. Statuses count with their part inside the
-- period. `wrap_up_status_time` is time in the status, `total_wrap_up_time` is from the handled interactions (C7).
-- `avg_wrap_up_time` is of all agents with a known wrap-up. `longest_handle_time` of the portal mixes a maximum with an
-- average, and is not here.
--
-- Parameters:
--   tenant         pattern                   %             Tenants. % matches any text.
--   channel        call|chat                 call          Calls or chats. The portal has a file for each.
--   from           date                      today-29      First day.
--   to             date                      today         Last day.
--   zone           zone                      UTC           Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   talk           without_hold|with_hold    without_hold  Whether talk is the length of the leg with or without its hold (C6).
--   handle         wrap_up|hold|double_hold  wrap_up       Handle time: talk, hold and wrap-up; talk and hold; or talk, twice the hold, and wrap-up (C6).
--   occupancy      available|total           available     Busy time as a share of available time, or of busy and available time (C8).
--   volume         over|with_open            over          Sessions that are over, or with those that are open (C15).
--   menu_abandons  out|in                    out           Whether callers who left in the menu are in the volume (C2).
--   hours          whole                     24            Hours of a day for the volume per hour (C15).
--   credit         last|every                last          Whether a session counts for its last agent, or for every agent who was connected.
WITH handling AS (
  SELECT
    tenant,
    dt,
    channel,
    session_id,
    sum(seconds) AS seconds,
    sum(hold_seconds) AS hold,
    sum(talk_seconds) AS talk,
    sum(wrap_up_seconds) AS wrap_up,
    count(wrap_up_seconds) AS wrap_ups,
    max(seconds) AS longest_leg,
    sum(
      CASE {{handle}}
        WHEN 'hold' THEN seconds
        WHEN 'double_hold' THEN handle_seconds + coalesce(hold_seconds, 0)
        ELSE handle_seconds
      END
    ) AS handle,
    bool_or(coalesce(auto_answered, false)) AS auto_answered,
    bool_or(handle_seconds IS NULL) AS is_handle_unknown
  FROM agent_leg
  WHERE tenant LIKE {{tenant}}
    AND channel = {{channel}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  GROUP BY tenant, dt, channel, session_id
),
sessions AS (
  SELECT
    s.*,
    h.seconds,
    h.hold,
    if({{talk}} = 'with_hold', h.seconds, h.talk) AS talk,
    h.wrap_up,
    h.wrap_ups,
    h.longest_leg,
    if(h.is_handle_unknown, NULL, h.handle) AS handle,
    h.auto_answered,
    -- the record of a chat does not always say when it was queued
    date_diff(
      'millisecond',
      coalesce(s.queued_at, if(v.entered_at <= s.connected_at, v.entered_at, NULL)),
      s.connected_at
    ) / 1e3 AS wait,
    -- voicemails, deflected and recovered sessions are left out
    s.outcome IN ('answered', 'abandoned_queue', 'cancelled', 'failed', 'va_only', 'no_agent')
      OR (s.outcome = 'abandoned_menu' AND {{menu_abandons}} = 'in')
      OR (s.outcome = 'open' AND {{volume}} = 'with_open') AS is_volume
  FROM session_outcome AS s
  LEFT JOIN handling AS h
    ON h.tenant = s.tenant AND h.dt = s.dt AND h.channel = s.channel AND h.session_id = s.session_id
  LEFT JOIN queue_visit AS v
    ON v.tenant = s.tenant AND v.dt = s.dt AND v.channel = s.channel AND v.session_id = s.session_id AND v.is_first
  WHERE s.tenant LIKE {{tenant}}
    AND s.channel = {{channel}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
),
credited AS (
  SELECT s.*, if({{credit}} = 'every', l.agent_id, s.last_agent_id) AS agent_id
  FROM sessions AS s
  LEFT JOIN (
    SELECT DISTINCT tenant, dt, channel, session_id, agent_id
    FROM agent_leg
    WHERE tenant LIKE {{tenant}}
      AND channel = {{channel}}
      AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
      AND {{credit}} = 'every'
  ) AS l
    ON l.tenant = s.tenant AND l.dt = s.dt AND l.channel = s.channel AND l.session_id = s.session_id
),
measures AS (
SELECT
  tenant,
  agent_id,
  count(*) FILTER (WHERE is_volume) AS total_volume,
  round(count(*) FILTER (WHERE is_volume) * 1e0 / ((date_diff('day', CAST({{from}} AS timestamp(3)), CAST({{to}} AS timestamp(3))) + 1) * {{hours}}), 2) AS volume_per_hour,
  round(avg(handle), 1) AS avg_handle_time,
  round(sum(handle), 1) AS total_handle_time,
  round(sum(talk), 1) AS total_active_talk_time,
  round(avg(hold), 1) AS avg_hold,
  round(max(hold), 1) AS longest_hold,
  round(sum(hold), 1) AS total_hold_time,
  round(avg(wait), 1) AS avg_wait,
  round(max(wait), 1) AS longest_wait,
  round(max(longest_leg), 1) AS longest_segment_time,
  round(sum(wrap_up) / nullif(sum(wrap_ups), 0), 1) AS avg_wrap_up_time,
  round(sum(wrap_up), 1) AS total_wrap_up_time,
  count(*) FILTER (WHERE auto_answered) AS auto_answered,
  round(avg(rating), 2) AS csat,
  min(rating) AS lowest_csat,
  count(*) FILTER (WHERE seconds IS NOT NULL AND handle IS NULL) AS unknown_handle_times
FROM credited
WHERE agent_id IS NOT NULL
GROUP BY tenant, agent_id
),
statuses AS (
  SELECT
    tenant,
    agent_id,
    status_kind,
    date_diff(
      'millisecond',
      greatest(started_at, CAST(with_timezone(CAST({{from}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))),
      least(ended_at, CAST(with_timezone(date_add('day', 1, CAST({{to}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3)))
    ) / 1e3 AS seconds,
    is_open,
    is_cut
  FROM status_interval
  WHERE tenant LIKE {{tenant}}
    -- a status that started up to a week before may last into the period
    AND dt BETWEEN {{dt from-7}} AND {{dt to+1}}
    AND ended_at > CAST(with_timezone(CAST({{from}} AS timestamp(3)), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))
    AND started_at < CAST(with_timezone(date_add('day', 1, CAST({{to}} AS timestamp(3))), {{zone}}) AT TIME ZONE 'UTC' AS timestamp(3))
),
times AS (
  SELECT
    tenant,
    agent_id,
    sum(seconds) FILTER (WHERE status_kind = 'available') AS available,
    sum(seconds) FILTER (WHERE status_kind = 'in_call') AS in_call,
    sum(seconds) FILTER (WHERE status_kind = 'in_chat') AS in_chat,
    sum(seconds) FILTER (WHERE status_kind = 'wrap_up') AS wrap_up,
    sum(seconds) FILTER (WHERE status_kind IN ('wrap_up', 'in_call', 'in_chat')) AS busy,
    count(*) FILTER (WHERE status_kind = 'missed_call') AS missed_statuses,
    count(*) FILTER (WHERE is_open) AS open_statuses,
    count(*) FILTER (WHERE is_cut) AS cut_statuses
  FROM statuses
  GROUP BY tenant, agent_id
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
)
SELECT
  coalesce(m.tenant, s.tenant) AS tenant,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  coalesce(m.agent_id, s.agent_id) AS agent_id,
  a.email AS agent_email,
  round(
    100e0 * coalesce(s.busy, 0)
      / nullif(coalesce(s.available, 0) + if({{occupancy}} = 'total', coalesce(s.busy, 0), 0), 0),
    2
  ) AS occupancy_percent,
  coalesce(m.total_volume, 0) AS total_volume,
  coalesce(m.volume_per_hour, 0) AS volume_per_hour,
  m.avg_handle_time,
  m.total_handle_time,
  m.total_active_talk_time,
  m.avg_hold,
  m.longest_hold,
  m.total_hold_time,
  m.avg_wait,
  m.longest_wait,
  m.longest_segment_time,
  m.avg_wrap_up_time,
  m.total_wrap_up_time,
  coalesce(m.auto_answered, 0) AS auto_answered,
  m.csat,
  m.lowest_csat,
  round(coalesce(s.wrap_up, 0), 1) AS wrap_up_status_time,
  round(coalesce(s.available, 0), 1) AS total_available_time,
  round(coalesce(s.in_call, 0), 1) AS in_call_time,
  round(coalesce(s.in_chat, 0), 1) AS in_chat_time,
  coalesce(e.deltacast_missed, 0) AS deltacast_missed,
  coalesce(s.missed_statuses, 0) AS missed_call_status_count,
  coalesce(m.unknown_handle_times, 0) AS unknown_handle_times,
  coalesce(s.cut_statuses, 0) AS cut_statuses,
  coalesce(s.open_statuses, 0) AS open_statuses
FROM measures AS m
FULL JOIN times AS s ON s.tenant = m.tenant AND s.agent_id = m.agent_id
LEFT JOIN events AS e ON e.tenant = coalesce(m.tenant, s.tenant) AND e.agent_id = coalesce(m.agent_id, s.agent_id)
LEFT JOIN agent AS a ON a.tenant = coalesce(m.tenant, s.tenant) AND a.id = coalesce(m.agent_id, s.agent_id)
ORDER BY tenant, agent_id
