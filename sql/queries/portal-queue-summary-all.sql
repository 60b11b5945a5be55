-- What does the portal's report Queue Summary - All Interactions say about each queue and day?
--
-- Every entry into a queue counts: the first of a session, and one after each transfer to a queue. An entry is on the day on
-- which it was made, and handling on the day on which the agent was connected. Times are in seconds.
-- `queue_interactions` is the sum of `queue_abandons`, `failed_calls`, `answered`, `deflected`, `cancelled` and `open`.
-- Voicemails are left out, and have their own column. `derived` counts the entries that the API does not list. Letters such
-- as C1 refer to docs/portal.md.
--
-- Parameters:
--   tenant          pattern                   %             Tenants. % matches any text.
--   channel         call|chat                 call          Calls or chats. The portal has a file for each.
--   from            date                      today-29      First day.
--   to              date                      today         Last day.
--   zone            zone                      UTC           Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   ahead           whole                     7             Days before its queue entry that a scheduled call may have been created.
--   target          whole                     20            Seconds below which a caller is answered in time.
--   short           whole                     0             Seconds below which an abandon is short. 0 means that none is.
--   short_from      queue|creation            queue         What the short threshold counts from: queue entry, or creation of the session (C4).
--   short_abandons  in|out                    in            Whether short abandons count as interactions and abandons (C1, C3).
--   abandon_rate    entries|answered          entries       What abandons are divided by: all entries, or answered and abandoned ones (C1).
--   speed_until     assigned|connected        assigned      Where the speed of answer ends (C5).
--   speed_over      answered|all              answered      Whose queue time the average and maximum are of: answered entries or all (C5).
--   sla             events|target|volume      events        Service level by the platform's events, by the target, or by the target over all entries (C13).
--   sla_abandons    late|by_time|excluded     late          Abandons that are not short, for a service level by the target: late, judged by their seconds, or left out (C13).
--   talk            without_hold|with_hold    without_hold  Whether talk is the length of the leg with or without its hold (C6).
--   handle          wrap_up|hold|double_hold  wrap_up       Handle time: talk, hold and wrap-up; talk and hold; or talk, twice the hold, and wrap-up (C6).
--   scale           whole                     5             Best rating.
WITH visits AS (
  SELECT
    v.tenant,
    v.queue_id,
    v.queue_name,
    CAST(CAST(with_timezone(v.entered_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) AS day,
    v.exit,
    v.service_level_event,
    v.source,
    v.seconds,
    if({{speed_until}} = 'connected', date_diff('millisecond', v.entered_at, l.started_at) / 1e3, v.seconds) AS speed,
    v.exit = 'abandoned'
      AND coalesce(
        if({{short_from}} = 'creation', date_diff('millisecond', v.session_created_at, v.left_at) / 1e3, v.seconds)
          < {{short}},
        false
      ) AS is_short
  FROM queue_visit AS v
  LEFT JOIN agent_leg AS l
    ON l.tenant = v.tenant AND l.dt = v.dt AND l.channel = v.channel AND l.session_id = v.session_id AND l.visit_no = v.visit_no
  WHERE v.tenant LIKE {{tenant}}
    AND v.channel = {{channel}}
    AND v.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
    AND v.queue_id IS NOT NULL
    AND CAST(CAST(with_timezone(v.entered_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
),
judged AS (
  SELECT
    *,
    exit <> 'voicemail' AND NOT (is_short AND {{short_abandons}} = 'out') AS is_counted,
    CASE
      WHEN exit = 'voicemail' THEN NULL
      WHEN {{sla}} = 'events' THEN if(service_level_event = 'in_sla', 1, if(service_level_event = 'not_in_sla', 0, NULL))
      WHEN exit = 'answered' THEN if(speed IS NULL, NULL, if(speed < {{target}}, 1, 0))
      WHEN is_short OR exit = 'open' THEN NULL
      WHEN {{sla}} = 'volume' THEN 0
      WHEN exit <> 'abandoned' OR {{sla_abandons}} = 'excluded' THEN NULL
      WHEN {{sla_abandons}} = 'by_time' THEN if(seconds < {{target}}, 1, 0)
      ELSE 0
    END AS in_sla
  FROM visits
),
entries AS (
  SELECT
    tenant,
    queue_id,
    max(queue_name) AS queue_name,
    day,
    count(*) FILTER (WHERE is_counted) AS entries,
    count(*) FILTER (WHERE is_counted AND exit = 'abandoned') AS abandoned,
    avg(seconds) FILTER (WHERE is_counted AND exit = 'abandoned') AS abandon_time,
    count(*) FILTER (WHERE exit = 'abandoned' AND is_short) AS short_abandons,
    count(*) FILTER (WHERE exit = 'abandoned' AND NOT is_short) AS long_abandons,
    avg(speed) FILTER (WHERE exit = 'answered') AS answered_speed,
    max(speed) FILTER (WHERE exit = 'answered') AS longest_answered_speed,
    avg(seconds) FILTER (WHERE is_counted) AS queue_time,
    max(seconds) FILTER (WHERE is_counted) AS longest_queue_time,
    sum(in_sla) AS in_sla,
    count(in_sla) - sum(in_sla) AS not_in_sla,
    count(*) FILTER (WHERE exit <> 'voicemail' AND in_sla IS NULL) AS no_sla,
    count(*) FILTER (WHERE exit = 'failed') AS failed,
    count(*) FILTER (WHERE exit = 'answered') AS answered,
    count(*) FILTER (WHERE exit = 'deflected') AS deflected,
    count(*) FILTER (WHERE exit = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE exit = 'open') AS open,
    count(*) FILTER (WHERE exit = 'voicemail') AS voicemails,
    count(*) FILTER (WHERE is_counted AND seconds IS NULL AND exit <> 'open') AS unknown_times,
    count(*) FILTER (WHERE is_counted AND source = 'derived') AS derived
  FROM judged
  GROUP BY tenant, queue_id, day
),
handled AS (
  SELECT
    l.tenant,
    l.queue_id,
    max(l.queue_name) AS queue_name,
    CAST(CAST(with_timezone(l.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) AS day,
    count(*) AS handled,
    avg(if({{talk}} = 'with_hold', l.seconds, l.talk_seconds)) AS talk,
    sum(l.hold_seconds) / nullif(count(*) FILTER (WHERE l.hold_seconds > 0), 0) AS hold,
    avg(l.wrap_up_seconds) AS wrap_up,
    avg(
      CASE {{handle}}
        WHEN 'hold' THEN l.seconds
        WHEN 'double_hold' THEN l.handle_seconds + coalesce(l.hold_seconds, 0)
        ELSE l.handle_seconds
      END
    ) AS handle,
    count(*) FILTER (WHERE l.handle_seconds IS NULL) AS unknown_handle_times,
    avg(s.rating) FILTER (WHERE l.leg_no = s.agent_legs) AS rating
  FROM agent_leg AS l
  LEFT JOIN session_outcome AS s
    ON s.tenant = l.tenant AND s.dt = l.dt AND s.channel = l.channel AND s.session_id = l.session_id
  WHERE l.tenant LIKE {{tenant}}
    AND l.channel = {{channel}}
    AND l.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
    AND l.queue_id IS NOT NULL
    AND CAST(CAST(with_timezone(l.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
  GROUP BY l.tenant, l.queue_id, CAST(CAST(with_timezone(l.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date)
)
SELECT
  coalesce(e.tenant, h.tenant) AS tenant,
  CAST(coalesce(e.day, h.day) AS varchar) AS date,
  coalesce(q.queue, e.queue_name, h.queue_name) AS queue,
  coalesce(e.entries, 0) AS queue_interactions,
  coalesce(e.abandoned, 0) AS queue_abandons,
  round(e.abandon_time, 1) AS avg_queue_abandon_time,
  round(
    100e0 * e.abandoned / nullif(if({{abandon_rate}} = 'answered', e.answered + e.abandoned, e.entries), 0),
    2
  ) AS queue_abandon_rate_percent,
  coalesce(e.short_abandons, 0) AS short_abandons,
  coalesce(e.long_abandons, 0) AS long_abandons,
  round(if({{speed_over}} = 'all', e.queue_time, e.answered_speed), 1) AS avg_speed_of_answer,
  round(if({{speed_over}} = 'all', e.longest_queue_time, e.longest_answered_speed), 1) AS max_speed_to_answer,
  round(100e0 * e.in_sla / nullif(e.in_sla + e.not_in_sla, 0), 2) AS sla_percent,
  coalesce(h.handled, 0) AS handled,
  round(h.talk, 1) AS avg_talk_time,
  round(h.hold, 1) AS avg_hold_time,
  round(h.wrap_up, 1) AS avg_wrap_up_time,
  round(h.handle, 1) AS avg_handle_time,
  coalesce(e.failed, 0) AS failed_calls,
  round(100e0 * h.rating / {{scale}}, 2) AS avg_csat_score,
  coalesce(e.answered, 0) AS answered,
  coalesce(e.deflected, 0) AS deflected,
  coalesce(e.cancelled, 0) AS cancelled,
  coalesce(e.open, 0) AS open,
  coalesce(e.voicemails, 0) AS voicemails_left_out,
  coalesce(e.in_sla, 0) AS in_sla,
  coalesce(e.not_in_sla, 0) AS not_in_sla,
  coalesce(e.no_sla, 0) AS no_sla,
  coalesce(e.unknown_times, 0) AS unknown_queue_times,
  coalesce(h.unknown_handle_times, 0) AS unknown_handle_times,
  coalesce(e.derived, 0) AS derived,
  coalesce(e.queue_id, h.queue_id) AS queue_id
FROM entries AS e
FULL JOIN handled AS h ON h.tenant = e.tenant AND h.queue_id = e.queue_id AND h.day = e.day
LEFT JOIN queue AS q ON q.tenant = coalesce(e.tenant, h.tenant) AND q.queue_id = coalesce(e.queue_id, h.queue_id)
ORDER BY tenant, date, queue_id
