-- What do the portal's Performance Metrics say about each type of session?
--
-- One row for each type. A session is on the day on which it was created. Handle, hold and wrap-up are of all agents of the
-- session. The wait is from the queue until connected. Times are in seconds. `share_percent` is the share of the type in the
-- volume. `avg_wrap_up_time` is of all agents with a known wrap-up. `voicemail_received`, `deflected` and `recovered` are
-- not in the volume. `voicemail_listened` counts those that were listened to.
--
-- Parameters:
--   tenant         pattern                   %             Tenants. % matches any text.
--   channel        call|chat                 call          Calls or chats. The portal has a file for each.
--   from           date                      today-29      First day.
--   to             date                      today         Last day.
--   zone           zone                      UTC           Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   talk           without_hold|with_hold    without_hold  Whether talk is the length of the leg with or without its hold (C6).
--   handle         wrap_up|hold|double_hold  wrap_up       Handle time: talk, hold and wrap-up; talk and hold; or talk, twice the hold, and wrap-up (C6).
--   read           assigned|listened         assigned      A voicemail is read when an agent was assigned, or when it was listened to (C9).
--   volume         over|with_open            over          Sessions that are over, or with those that are open (C15).
--   menu_abandons  out|in                    out           Whether callers who left in the menu are in the volume (C2).
--   hours          whole                     24            Hours of a day for the volume per hour (C15).
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
      OR (s.outcome = 'open' AND {{volume}} = 'with_open') AS is_volume,
    if({{read}} = 'listened', s.is_voicemail_read, s.assigned_at IS NOT NULL) AS is_read
  FROM session_outcome AS s
  LEFT JOIN handling AS h
    ON h.tenant = s.tenant AND h.dt = s.dt AND h.channel = s.channel AND h.session_id = s.session_id
  LEFT JOIN queue_visit AS v
    ON v.tenant = s.tenant AND v.dt = s.dt AND v.channel = s.channel AND v.session_id = s.session_id AND v.is_first
  WHERE s.tenant LIKE {{tenant}}
    AND s.channel = {{channel}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  session_type AS type,
  round(
    100e0 * count(*) FILTER (WHERE is_volume)
      / nullif(sum(count(*) FILTER (WHERE is_volume)) OVER (PARTITION BY tenant), 0),
    2
  ) AS share_percent,
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
  count(*) FILTER (WHERE outcome = 'answered') AS answered,
  count(*) FILTER (WHERE outcome = 'abandoned_queue') AS abandoned,
  count(*) FILTER (WHERE outcome = 'abandoned_menu') AS abandoned_in_menu,
  count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled,
  count(*) FILTER (WHERE outcome = 'failed') AS failed,
  count(*) FILTER (WHERE outcome IN ('va_only', 'no_agent')) AS without_agent,
  count(*) FILTER (WHERE outcome = 'deflected') AS deflected,
  count(*) FILTER (WHERE outcome = 'recovered') AS recovered,
  count(*) FILTER (WHERE outcome = 'voicemail') AS voicemail_received,
  count(*) FILTER (WHERE outcome = 'voicemail' AND is_read) AS voicemail_read,
  count(*) FILTER (WHERE outcome = 'voicemail' AND is_voicemail_read) AS voicemail_listened,
  count(*) FILTER (WHERE outcome = 'open') AS open,
  count(*) FILTER (WHERE outcome = 'zombie') AS zombies,
  count(*) FILTER (WHERE seconds IS NOT NULL AND handle IS NULL) AS unknown_handle_times
FROM sessions
GROUP BY tenant, session_type
ORDER BY tenant, type
