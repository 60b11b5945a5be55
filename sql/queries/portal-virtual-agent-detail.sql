-- Which interactions did virtual agents have, as the portal's report Virtual Agent Detail lists them?
--
-- One row for each part of a session with a virtual agent. `handle_time` is its length in seconds. `transferred` says that a
-- human agent transferred the session to it. Responses, fallbacks and sentiment are not in the API.
--
-- Parameters:
--   tenant   pattern    %         Tenants. % matches any text.
--   channel  call|chat  call      Calls or chats. The portal has a file for each.
--   from     date       today-29  First day.
--   to       date       today     Last day.
--   zone     zone       UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   ahead    whole      7         Days before its queue entry that a scheduled call may have been created.
WITH legs AS (
  SELECT
    v.*,
    coalesce(q.queue, CAST(v.queue_id AS varchar)) AS queue,
    v.leg_no = max(v.leg_no) OVER (PARTITION BY v.tenant, v.dt, v.channel, v.session_id) AS is_last,
    s.deflection,
    s.outcome AS session_outcome
  FROM virtual_agent_leg AS v
  LEFT JOIN session_outcome AS s
    ON s.tenant = v.tenant AND s.dt = v.dt AND s.channel = v.channel AND s.session_id = v.session_id
  LEFT JOIN queue AS q ON q.tenant = v.tenant AND q.queue_id = v.queue_id
  WHERE v.tenant LIKE {{tenant}}
    AND v.channel = {{channel}}
    AND v.dt BETWEEN date_format(date_add('day', -{{ahead}}, {{from}}), '%Y-%m-%d') AND {{dt to+1}}
    AND CAST(CAST(with_timezone(v.started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue,
  virtual_agent_id,
  substr(CAST(CAST(with_timezone(started_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS started_at,
  substr(CAST(CAST(with_timezone(ended_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS ended_at,
  seconds AS handle_time,
  leg_outcome AS interaction_outcome,
  initiated_by = 'agent' AS transferred,
  in_queue,
  leg_id AS interaction_id,
  session_id,
  leg_no,
  queue_id,
  source
FROM legs
ORDER BY tenant, started_at, session_id, leg_no
