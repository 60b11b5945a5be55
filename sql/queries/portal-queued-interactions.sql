-- Which interactions waited in a queue, as the portal's report All Queued Interactions lists them?
--
-- One row for each entry into a queue, without voicemails. `queue_time` is from the entry until an agent was assigned or the
-- caller left, in seconds. `event_status` is the exit of the visit. `interaction_id` is null if the API does not list the
-- visit: `session_id` and `visit_no` identify it. The target and the threshold of the service level are settings, which the
-- API does not have.
--
-- Parameters:
--   tenant    pattern    %         Tenants. % matches any text.
--   channel   call|chat  call      Calls or chats. The portal has a file for each.
--   from      date       today-29  First day.
--   to        date       today     Last day.
--   zone      zone       UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   ahead     whole      7         Days before its queue entry that a scheduled call may have been created.
--   dated_by  start|end  start     Which time puts a row on a day.
SELECT
  v.tenant,
  coalesce(q.queue, v.queue_name) AS queue,
  substr(CAST(CAST(with_timezone(v.entered_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS started_at,
  substr(CAST(CAST(with_timezone(v.left_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS ended_at,
  v.seconds AS queue_time,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  v.agent_id,
  a.email AS agent_email,
  v.lang,
  v.origin IN ('transfer', 'escalation') AS transfer,
  v.service_level_event = 'in_sla' AS service_level_event_in_sla,
  v.service_level_event = 'not_in_sla' AS service_level_event_not_in_sla,
  v.service_level_event IS NULL AS service_level_event_excluded,
  v.session_type AS interaction_type,
  coalesce(v.cold, false) AS cold_transfer,
  v.exit AS event_status,
  v.visit_id AS interaction_id,
  v.session_id,
  v.visit_no,
  v.queue_id,
  v.exit,
  round(date_diff('millisecond', v.entered_at, l.started_at) / 1e3, 1) AS seconds_until_connected,
  v.source
FROM queue_visit AS v
LEFT JOIN agent_leg AS l
  ON l.tenant = v.tenant AND l.dt = v.dt AND l.channel = v.channel AND l.session_id = v.session_id AND l.visit_no = v.visit_no
LEFT JOIN queue AS q ON q.tenant = v.tenant AND q.queue_id = v.queue_id
LEFT JOIN agent AS a ON a.tenant = v.tenant AND a.id = v.agent_id
WHERE v.tenant LIKE {{tenant}}
  AND v.channel = {{channel}}
  AND v.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
  AND v.exit <> 'voicemail'
  AND CAST(CAST(with_timezone(if({{dated_by}} = 'end', v.left_at, v.entered_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
ORDER BY v.tenant, v.entered_at, v.session_id, v.visit_no
