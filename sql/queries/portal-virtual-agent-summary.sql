-- How many interactions did virtual agents have by queue, and how did they end, as the portal's report Virtual Agent Summary counts them?
--
-- One row for each queue. Times are in seconds. `total_interactions` is the sum of `inbound_interactions` and
-- `transferred_interactions`, and the sum of `escalations`, `resolved`, `abandons_by_consumer`, `unexpectedly_ended`,
-- `failed`, `undefined` and `open`. `deflections` counts interactions that ended a deflected session. Planned transfers are
-- not told apart from escalations in the API.
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
  count(*) AS total_interactions,
  count(*) FILTER (WHERE initiated_by = 'consumer') AS inbound_interactions,
  count(*) FILTER (WHERE initiated_by = 'agent') AS transferred_interactions,
  count(*) FILTER (WHERE leg_outcome = 'consumer_ended') AS abandons_by_consumer,
  round(avg(seconds) FILTER (WHERE leg_outcome = 'consumer_ended'), 1) AS avg_abandon_time,
  round(avg(seconds), 1) AS avg_handle_time,
  count(*) FILTER (WHERE leg_outcome = 'escalated') AS escalations,
  count(*) FILTER (WHERE is_last AND session_outcome = 'deflected') AS deflections,
  count(*) FILTER (WHERE leg_outcome = 'resolved') AS resolved,
  count(*) FILTER (WHERE leg_outcome = 'unexpectedly_ended') AS unexpectedly_ended,
  count(*) FILTER (WHERE leg_outcome = 'failed') AS failed,
  count(*) FILTER (WHERE leg_outcome = 'undefined') AS undefined,
  count(*) FILTER (WHERE leg_outcome = 'open') AS open,
  count(*) FILTER (WHERE in_queue) AS in_queue,
  count(*) FILTER (WHERE seconds IS NULL AND leg_outcome <> 'open') AS unknown_times,
  count(*) FILTER (WHERE source = 'derived') AS derived,
  queue_id
FROM legs
GROUP BY tenant, queue_id, queue
ORDER BY tenant, queue_id
