-- Which calls did campaigns dial, as far as the portal's report Campaign - Detailed can be rebuilt?
--
-- One row for each dialled call and agent, also if no agent was connected. Times are in seconds. `handle_time` is
-- before-call work, talk, hold and wrap-up. The campaign, redials and greetings are not in the API.
--
-- Parameters:
--   tenant     pattern                      %         Tenants. % matches any text.
--   from       date                         today-29  First day.
--   to         date                         today     Last day.
--   zone       zone                         UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   campaigns  campaign|with_scheduled_api  campaign  Sessions of campaigns, or also all of the type Voice Scheduled (API) (C16).
--   mode       preview|predictive           preview   Predictive campaigns count before-call work as talk (C14).
WITH sessions AS (
  SELECT s.*, coalesce(q.queue, s.last_queue_name) AS queue
  FROM session_outcome AS s
  LEFT JOIN queue AS q ON q.tenant = s.tenant AND q.queue_id = s.last_queue_id
  WHERE s.tenant LIKE {{tenant}}
    AND s.channel = 'call'
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND (s.is_campaign OR ({{campaigns}} = 'with_scheduled_api' AND s.session_type = 'Voice Scheduled (API)'))
    AND CAST(CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
),
legs AS (
  SELECT
    s.tenant,
    s.session_id,
    s.queue,
    s.last_queue_id AS queue_id,
    s.outcome,
    s.session_type,
    s.session_created_at,
    s.ended_at AS session_ended_at,
    s.transfers_done,
    l.leg_no,
    l.leg_id,
    l.agent_id,
    l.started_at,
    l.ended_at,
    if({{mode}} = 'predictive', coalesce(l.before_call_seconds, 0), 0) + l.talk_seconds AS talk,
    l.hold_seconds AS hold,
    l.wrap_up_seconds AS wrap_up,
    l.before_call_seconds AS before_call,
    l.handle_seconds AS handle
  FROM sessions AS s
  LEFT JOIN agent_leg AS l
    ON l.tenant = s.tenant AND l.dt = s.dt AND l.channel = s.channel AND l.session_id = s.session_id
)
SELECT
  l.tenant,
  l.queue,
  substr(CAST(CAST(with_timezone(coalesce(l.started_at, l.session_created_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS started_at,
  substr(CAST(CAST(with_timezone(coalesce(l.ended_at, l.session_ended_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS ended_at,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent_name,
  l.agent_id,
  a.email AS agent_email,
  l.outcome,
  l.talk AS talk_time,
  l.hold AS hold_time,
  l.wrap_up AS wrap_up_time,
  l.handle AS handle_time,
  l.before_call AS bcw_time,
  l.transfers_done AS transfers,
  l.session_type AS interaction_type,
  l.leg_id AS interaction_id,
  l.session_id,
  l.leg_no,
  l.queue_id
FROM legs AS l
LEFT JOIN agent AS a ON a.tenant = l.tenant AND a.id = l.agent_id
ORDER BY l.tenant, started_at, l.session_id, l.leg_no
