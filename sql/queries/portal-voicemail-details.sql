-- Which voicemails were left, and who read them, as the portal's report Voicemail Details lists them?
--
-- One row for each session that reached voicemail. `started_at` is in UTC whatever zone was chosen, as in the portal: when
-- the caller left the queue for voicemail, else the start of the session. Days are those of the zone. `listened` says
-- that it was listened to. The length of the recording and its address are not in the facts.
--
-- Parameters:
--   tenant   pattern            %         Tenants. % matches any text.
--   channel  call|chat          call      Calls or chats. The portal has a file for each.
--   from     date               today-29  First day.
--   to       date               today     Last day.
--   zone     zone               UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   ahead    whole              7         Days before its queue entry that a scheduled call may have been created.
--   read     assigned|listened  assigned  A voicemail is read when an agent was assigned, or when it was listened to (C9).
WITH deflected AS (
  SELECT
    v.tenant,
    v.dt,
    v.channel,
    v.session_id,
    max(v.left_at) AS left_at,
    max_by(v.queue_id, v.visit_no) AS queue_id,
    max_by(v.queue_name, v.visit_no) AS queue_name,
    max(v.visit_no) > 1 AS is_after_transfer
  FROM queue_visit AS v
  WHERE v.tenant LIKE {{tenant}}
    AND v.channel = {{channel}}
    AND v.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
    AND v.exit = 'voicemail'
  GROUP BY v.tenant, v.dt, v.channel, v.session_id
)
SELECT
  s.tenant,
  coalesce(q.queue, d.queue_name, s.last_queue_name) AS queue,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  s.last_agent_id AS agent_id,
  a.email AS agent_email,
  substr(CAST(coalesce(d.left_at, s.session_created_at) AS varchar), 1, 19) AS started_at,
  coalesce(d.is_after_transfer, false) AS deflected_after_transfer,
  true AS received,
  if({{read}} = 'listened', s.is_voicemail_read, s.assigned_at IS NOT NULL) AS read,
  s.session_id,
  s.is_voicemail_read AS listened,
  coalesce(d.queue_id, s.last_queue_id) AS queue_id
FROM session_outcome AS s
LEFT JOIN deflected AS d
  ON d.tenant = s.tenant AND d.dt = s.dt AND d.channel = s.channel AND d.session_id = s.session_id
LEFT JOIN queue AS q ON q.tenant = s.tenant AND q.queue_id = coalesce(d.queue_id, s.last_queue_id)
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.last_agent_id
WHERE s.tenant LIKE {{tenant}}
  AND s.channel = {{channel}}
  AND s.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
  AND s.is_voicemail
  AND CAST(CAST(with_timezone(coalesce(d.left_at, s.session_created_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
ORDER BY s.tenant, started_at, s.session_id
