-- How many calls did campaigns make by queue, and how long did agents handle them, as far as the portal's report Campaign - Summary can be rebuilt?
--
-- One row for each queue, because the API does not name the campaign of a call. Times are in seconds, averages per handled
-- interaction with a known time. `handled` counts the calls that an agent answered, `handled_interactions` the agents of these calls.
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
  tenant,
  queue,
  count(DISTINCT session_id) AS total_volume,
  count(DISTINCT session_id) FILTER (WHERE outcome = 'answered') AS handled,
  count(leg_no) AS handled_interactions,
  round(sum(talk), 1) AS total_talk_time,
  round(avg(talk), 1) AS avg_talk_time,
  round(sum(hold), 1) AS total_hold_time,
  round(avg(hold), 1) AS avg_hold_time,
  round(sum(wrap_up), 1) AS total_wrap_up_time,
  round(avg(wrap_up), 1) AS avg_wrap_up_time,
  round(sum(before_call), 1) AS total_bcw_time,
  round(avg(before_call), 1) AS avg_bcw_time,
  round(sum(handle), 1) AS total_handle_time,
  round(avg(handle), 1) AS avg_handle_time,
  coalesce(sum(transfers_done) FILTER (WHERE leg_no = 1), 0) AS transfers,
  count(leg_no) - count(handle) AS unknown_handle_times,
  count(DISTINCT session_id) FILTER (WHERE outcome IN ('open', 'zombie')) AS open,
  queue_id
FROM legs
GROUP BY tenant, queue_id, queue
ORDER BY tenant, queue_id
